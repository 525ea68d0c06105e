import type { ProviderDefinition } from './definition.ts';
import { failed } from './failed.ts';
import { type AboutDelivery, type Introduction, UNKNOWN_ACCOUNT } from './about.ts';
import type { NamedHeaders } from './kept-headers.ts';
import type { Namer } from './namer.ts';
import { formerId, isDerived } from './namer.ts';
import { isObject, sha256Hex } from './payload.ts';
import type { DeliveryContext, Unnormalised, Verified } from './provider.ts';
import { checkReturned } from './returned.ts';

/** What a delivery says of itself, and the tenant and ids made from it. */
export interface Introduced<A> {
  readonly about: A;
  readonly tenant: string;
  readonly eventId: string;
  readonly formerIds: readonly string[];
  /** The account in the delivery; null if it names none. */
  readonly account: string | null;
}

export type NamedContext = DeliveryContext & { readonly namer: Namer };

export function introduce<A extends Introduction>(
  { name, about, bodyAt = [] }: ProviderDefinition<A>,
  verified: Verified & { readonly headers: NamedHeaders },
  place: NamedContext,
): Introduced<A & AboutDelivery> | Unnormalised {
  let said: A | Unnormalised | null = null;
  try {
    said = about(verified, place);
    checkReturned(said, 'about');
    if ('outcome' in said) {
      if (said.outcome !== 'unfit') return said;
      return { ...said, eventId: givenId(said.eventId, verified), issues: [...said.issues] };
    }
    checkTexts(said);
  } catch (error) {
    const issues = [failed(error, [])];
    return { outcome: 'unfit', type: null, eventId: givenId(null, verified), issues, account: accountIn(said) };
  }
  const account = said.account ?? place.source;
  const tenant = `${name}:${account}`;
  const { eventId, formerIds } = identify(said, tenant, verified, place);
  const whole = {
    ...said,
    eventId,
    account,
    subject: said.subject ?? null,
    occurredAt: said.occurredAt ?? null,
    accountName: said.accountName ?? null,
    body: Object.hasOwn(said, 'body') ? said.body : verified.payload,
    path: said.path ?? bodyAt,
    erases: said.erases ?? null,
    headers: verified.headers,
  };
  const known = said.account === UNKNOWN_ACCOUNT ? null : (said.account ?? null);
  return { about: whole, tenant, eventId, formerIds, account: known };
}

/**
 * The event's own id or a derived one, and the ids that an older hookcast would have given it.
 *
 * If the provider's API lists the event as well, its id is derived from `knownAs`, even if its webhook brings an id. The log
 * takes each id once, so if a webhook and a reconciliation come at the same moment, one is the duplicate of the other. A search
 * for the other one before each append would let both through.
 */
function identify(
  { eventId, derivedFrom, formerlyFrom = derivedFrom, knownAs }: Introduction,
  tenant: string,
  verified: Verified,
  { source, namer }: NamedContext,
): { readonly eventId: string; readonly formerIds: readonly string[] } {
  const given = givenId(eventId, verified);
  if (given !== null) {
    // An event may have been recorded under its own id before the source was reconciled.
    return knownAs
      ? { eventId: namer.eventId(source, tenant, knownAs), formerIds: [given] }
      : { eventId: given, formerIds: [] };
  }
  const formerIds: string[] = [];
  if (namer.hasFormer) {
    // An older hookcast accepted such an id, which a user's own provider may have made.
    const taken = eventId ?? verified.id;
    if (taken !== undefined) formerIds.push(taken);
    if (formerlyFrom) formerIds.push(formerId(sha256Hex(JSON.stringify(formerlyFrom))));
    else if (verified.formerId !== undefined) formerIds.push(verified.formerId);
  }
  return { eventId: namer.eventId(source, tenant, derivedFrom ?? verified.digest), formerIds };
}

function givenId(eventId: string | null | undefined, verified: Verified): string | null {
  if (typeof eventId === 'string' && !isDerived(eventId)) return eventId;
  const { id = null } = verified;
  return id !== null && !isDerived(id) ? id : null;
}

/** The account in what `about` returned, which may be any value. */
function accountIn(said: unknown): string | null {
  return isObject(said) && typeof said['account'] === 'string' ? said['account'] : null;
}

/** @throws {TypeError} for members that must be text in the log and are not. */
function checkTexts({ type, eventId, account, subject, erases }: Introduction): void {
  const areTexts = isText(type) && isText(eventId ?? '') && isText(account ?? '') && isText(subject ?? '');
  if (!areTexts || !(erases?.contacts ?? []).every(isText)) throw new TypeError('names must be text');
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
