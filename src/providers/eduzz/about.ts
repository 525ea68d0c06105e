import type { Instant } from '../../events/instant.ts';
import { type About, UNKNOWN_ACCOUNT } from '../about.ts';
import type { Checks } from '../checks.ts';
import { unfit } from '../define-provider.ts';
import { id } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import type { Unnormalised, Verified } from '../provider.ts';
import { familyOf, fullName } from './names.ts';
import { at, envelope } from './payload.ts';
import { peopleIn } from './people.ts';

/** Of a contract: in 2024 they came without an id. */
const UPDATES: ReadonlySet<string> = new Set([
  'myeduzz.contract_updated',
  'myeduzz.contract_status_updated',
  'subscriptions.contract_updated',
  'subscriptions.status_updated',
]);

/** What every delivery of Eduzz says of itself. */
export interface EduzzAbout extends About {
  readonly sentAt: Instant | null;
  readonly people: NonNullable<About['people']>;
}

/**
 * From Eduzz's envelope, as broken as some of the official samples have it: the id missing, the date missing or inside
 * `data`, the producer elsewhere. The event's id is not looked for in `data`: what stands there is the order's, and its
 * events would be taken for one.
 */
export function aboutEduzz(
  { payload }: Verified,
  checks: Checks,
  { isReconciled = false }: { readonly isReconciled?: boolean } = {},
): EduzzAbout | Unnormalised {
  const data = payload['data'];
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error, { account: producerIn(data, checks) });
  const type = fullName(parsed.data.event);
  if (type === 'ping') return { outcome: 'pong' };

  const { subject, happened, state } = familyOf(type);
  const subjectId = subject ? idAt(data, subject.slice(1), checks) : null;
  const sentAt = instantAt(payload, ['sentDate']) ?? instantAt(data, ['sentDate']);
  // An order is canceled once, and the API doesn't know under which id the webhook tells of it.
  const knownAs = isReconciled && type === 'myeduzz.invoice_canceled' && subjectId !== null ? [type, subjectId] : null;
  return {
    type,
    eventId: parsed.data.id ?? null,
    derivedFrom: UPDATES.has(type) ? stateOf(data, checks) : knownAs,
    knownAs,
    account: producerIn(data, checks) ?? UNKNOWN_ACCOUNT,
    subject: subject && subjectId !== null ? `${subject[0]}/${subjectId}` : null,
    occurredAt: (happened && instantAt(data, happened)) ?? sentAt ?? instantAt(data, ['createdAt']),
    accountName: nameAt(data, ['producer', 'name']) ?? nameAt(data, ['commissions', 'producer', 'name']),
    body: payload,
    path: [],
    erases: null,
    sentAt,
    version: state ? versionOf(instantAt(data, state)) : null,
    people: peopleIn(data, checks),
  };
}

/** The tenant is the producer, whose name and address identify a person; some events have nothing else of it. */
function producerIn(data: unknown, checks: Checks): string | null {
  return (
    idAt(data, ['producer', 'id'], checks) ??
    idAt(data, ['producerId'], checks) ??
    idAt(data, ['commissions', 'producer', 'id'], checks)
  );
}

/**
 * A contract's last change, by the clock of the one system that keeps it, so that twenty deliveries under way at once can
 * be put in order. It counts seconds: two states of the same second don't supersede each other. Blinket's `createdAt` is
 * the webhook's and no state of a ticket.
 */
function versionOf(updatedAt: Instant | null): string | null {
  return updatedAt === null || updatedAt.at < 0 ? null : `t${String(updatedAt.at).padStart(15, '0')}`;
}

/** Of a contract's update without an id: the same state is the same event, also when it is sent again with a new date. */
function stateOf(data: unknown, checks: Checks): readonly unknown[] | null {
  const contractId = idAt(data, ['contract', 'id'], checks);
  const updatedAt = instantAt(data, ['contract', 'updatedAt']);
  if (contractId === null || updatedAt === null) return null;
  const account = producerIn(data, checks) ?? UNKNOWN_ACCOUNT;
  return [account, contractId, updatedAt.text, at(data, ['contract', 'status']), at(data, ['reason'])];
}

function idAt(value: unknown, path: readonly string[], checks: Checks): string | null {
  const found = at(value, path);
  if (found === undefined) return null;
  const parsed = checks.safeParse(id, found);
  return parsed.success ? parsed.data : null;
}

function instantAt(value: unknown, path: readonly string[]): Instant | null {
  const text = at(value, path);
  return typeof text === 'string' ? parseInstant(text) : null;
}

function nameAt(value: unknown, path: readonly string[]): string | null {
  const name = at(value, path);
  return typeof name === 'string' ? name : null;
}
