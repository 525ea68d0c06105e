import type { z } from 'zod';
import type { Person } from '../../events/person.ts';
import type { Issue } from '../../events/quarantine.ts';
import { type About, UNKNOWN_ACCOUNT } from '../about.ts';
import type { Checks } from '../checks.ts';
import { unfit } from '../define-provider.ts';
import { id as anId } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { type JsonObject, isObject, issuesOf } from '../payload.ts';
import type { Unnormalised, Verified } from '../provider.ts';
import { type Actor, actorOf } from './actor.ts';
import { detailOf } from './claims.ts';
import { BOOKING, actor, claims, domainEvent, privacyRequest } from './payload.ts';

/** The path of the event inside the claims. */
export const INSIDE = ['data', 'data'];

export interface WixAbout extends About {
  readonly accountInfo: z.output<typeof claims>['data']['accountInfo'];
  /** The actor that the token names. It is used if the event itself doesn't name one. */
  readonly triggeredBy: Actor;
}

/**
 * @param isTyped whether an event of this name has a type.
 */
export function introduce(
  { payload }: Verified,
  isTyped: (type: string) => boolean,
  checks: Checks,
): WixAbout | Unnormalised {
  const outer = checks.safeParse(claims, payload);
  if (!outer.success) return unfit(outer.error, { account: instanceIn(payload) });
  const { eventType: type, instanceId, data: body, identity, accountInfo } = outer.data.data;
  const account = instanceId ?? accountInfo?.accountId ?? UNKNOWN_ACCOUNT;
  const strict = checks.safeParse(domainEvent, body);
  const lenient = strict.success ? strict : privacyRequest.safeParse(body);
  const inner = lenient.data?.triggeredByAnonymizeRequest === true ? lenient : strict;
  if (!inner.success) {
    return { outcome: 'unfit', type, eventId: null, issues: issuesOf(inner.error, INSIDE), account };
  }
  const { id, entityFqdn, slug, entityId, eventTime, triggeredByAnonymizeRequest, entityEventSequence } = inner.data;

  const anonymizes = triggeredByAnonymizeRequest === true;
  const contradiction = contradictionIn(type, entityFqdn, slug, isTyped);
  if (contradiction && !anonymizes) {
    return { outcome: 'unfit', type, eventId: id ?? null, issues: [contradiction], account };
  }
  const people = peopleIn(body, entityFqdn === 'wix.contacts.v4.contact' ? entityId : null);
  const triggeredBy = checks.safeParse(actor, identity);
  return {
    type,
    eventId: id ?? null,
    account,
    accountName: null,
    subject: entityFqdn && entityId ? `${entityFqdn.split('.').at(-1)}/${entityId}` : null,
    occurredAt: eventTime ? parseInstant(eventTime) : null,
    version: versionOf(entityEventSequence, null),
    // An event that contradicts itself gets no type, but a request for privacy in it is still fulfilled.
    body: contradiction ? null : body,
    path: INSIDE,
    people,
    erases: anonymizes ? { contacts: [...new Set(people.flatMap(({ externalId }) => externalId ?? []))] } : null,
    accountInfo,
    triggeredBy: actorOf(triggeredBy.data),
  };
}

/** Also reads claims that don't fit: they may still name their account. */
function instanceIn({ data }: JsonObject): string | null {
  if (!isObject(data)) return null;
  const { accountInfo } = data;
  const accountId = isObject(accountInfo) ? accountInfo['accountId'] : null;
  return anId.safeParse(data['instanceId']).data ?? anId.safeParse(accountId).data ?? null;
}

/**
 * Orders the states of a booking. Wix says that a lower sequence number is of an older update, and it increases the revision with each
 * change. The time of the event gives no order: it comes from the clock of the machine that sent it, and several events may share it.
 */
export function versionOf(sequence: string | null | undefined, revision: string | null | undefined): string | null {
  if (sequence) return `s${sequence.padStart(20, '0')}`;
  if (revision) return `r${revision.padStart(20, '0')}`;
  return null;
}

/** The event's name must agree with its entity and slug. Otherwise nobody knows what happened. */
function contradictionIn(
  type: string,
  entityFqdn: string | null | undefined,
  slug: string | null | undefined,
  isTyped: (type: string) => boolean,
): Issue | null {
  if (isTyped(type)) {
    const ownSlug = type.slice(BOOKING.length + 1);
    if (entityFqdn && entityFqdn !== BOOKING) return { path: 'data.data.entityFqdn', message: inAccord(BOOKING) };
    if (slug && slug !== ownSlug) return { path: 'data.data.slug', message: inAccord(ownSlug) };
    return null;
  }
  const named = `${entityFqdn}_${slug}`;
  return isTyped(named) ? { path: 'data.eventType', message: inAccord(named) } : null;
}

function inAccord(expected: string): string {
  return `expected ${expected}, as the rest of the event says`;
}

/** The people of an event, from the members where Wix's entities usually have them. */
function peopleIn(event: JsonObject, contactId: string | null | undefined): Person[] {
  const detail = detailOf(event);
  const booking = isObject(detail['booking']) ? detail['booking'] : {};
  const places = [detail, detail['contactDetails'], booking['contactDetails'], detail['contact'], detail['buyerInfo']];
  const people = places.filter(isObject).map((place) => person(textIn(place, 'contactId'), textIn(place, 'email')));
  if (contactId) people.push(person(contactId, null));
  return people.filter(({ externalId, email }) => externalId !== null || email !== null);
}

function person(externalId: string | null, email: string | null): Person {
  return { name: null, email, phone: null, externalId };
}

function textIn(place: JsonObject, name: string): string | null {
  const value = place[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
