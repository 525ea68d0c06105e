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

/** Updates of a contract. In 2024 they came without an id. */
const UPDATES: ReadonlySet<string> = new Set([
  'myeduzz.contract_updated',
  'myeduzz.contract_status_updated',
  'subscriptions.contract_updated',
  'subscriptions.status_updated',
]);

/** What every delivery of Eduzz says of its event. */
export interface EduzzAbout extends About {
  readonly sentAt: Instant | null;
  readonly people: NonNullable<About['people']>;
}

/**
 * Reads the envelope, even with the faults of some official samples: no id, no date, the date inside `data`, the producer in another place.
 * The event's id is never read from `data`. The id there is the order's, so all events of one order would be taken for one event.
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
  // An order is canceled only once. The API doesn't say which id the webhook's event has.
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

/** The account is the producer, whose name and address identify a person. Some events say nothing else of it. */
function producerIn(data: unknown, checks: Checks): string | null {
  return (
    idAt(data, ['producer', 'id'], checks) ??
    idAt(data, ['producerId'], checks) ??
    idAt(data, ['commissions', 'producer', 'id'], checks)
  );
}

/**
 * The time of a contract's last change. One system of Eduzz keeps it, so its clock can order twenty concurrent deliveries. It counts
 * seconds: of two states in the same second, neither supersedes the other. Blinket's `createdAt` is the time of the webhook and not of a
 * ticket's state.
 */
function versionOf(updatedAt: Instant | null): string | null {
  return updatedAt === null || updatedAt.at < 0 ? null : `t${String(updatedAt.at).padStart(15, '0')}`;
}

/** Identifies a contract's update that has no id. The same state is the same event, even if Eduzz sends it again with a new date. */
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
