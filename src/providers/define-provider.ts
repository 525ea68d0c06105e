import type { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { Content, NewEvent, OtherEvent } from '../events/event.ts';
import type { Instant } from '../events/instant.ts';
import type { Person } from '../events/person.ts';
import type { Issue } from '../events/quarantine.ts';
import { tracesOf } from '../events/trace.ts';
import { fieldsOf } from './expected-fields.ts';
import { failed } from './failed.ts';
import { type HmacKey, hmacOf } from './hmac.ts';
import { Namer, formerId, isDerived } from './namer.ts';
import { isObject, issuesOf, sha256Hex, withoutSecretMembers } from './payload.ts';
import { nameOf, tooLongIn, withShortTexts } from './lengths.ts';
import { prepareSchema } from './prepare-schema.ts';
import type { Normalised, Place, Provider, Unnormalised, Verified } from './provider.ts';
import type { Sample } from './sample.ts';
import { type HashTicket, subjectOf } from './subject.ts';
import type { Verifier } from './verifier.ts';

/** What every delivery of a provider says of itself, whether its event is known or not. */
export interface About {
  /** The provider's own name of the event, in one spelling. */
  readonly type: string;
  /** Null where the provider sends none: one is derived. One that begins with `derived:` counts as none. */
  readonly eventId: string | null;
  /** Of what it is derived: what tells the event from every other of its account. Left out: of what was signed. */
  readonly derivedFrom?: readonly unknown[] | null;
  /** Of what an older hookcast derived it, where that was something else. */
  readonly formerlyFrom?: readonly unknown[] | null;
  /** The provider's account that it belongs to. The tenant is `<provider>:<account>`. */
  readonly account: string;
  /** What it is about, `ticket/…`; no personal data. Null: the ticket, booking, order or subscription of its content. */
  readonly subject: string | null;
  /** Null where the provider doesn't say: it is then when it was received. */
  readonly occurredAt: Instant | null;
  /** A name of the account that may identify a person. */
  readonly accountName: string | null;
  /** What the event's schema is applied to, and the path to it in the payload. */
  readonly body: unknown;
  readonly path: readonly string[];
  /** A request for privacy set it off, which also names these contacts: it is recorded without anything personal. */
  readonly erases: { readonly contacts: readonly string[] } | null;
  /** The people of an event that has no type. */
  readonly people?: readonly Person[];
  /** See `NewEvent`. */
  readonly version?: string | null;
}

/**
 * The same, as a provider says it: what is left out is not known, the account is then the source's name, and the body the
 * whole payload.
 */
export type Introduction = Pick<About, 'type' | Optional> & {
  readonly [K in Exclude<keyof About, 'type' | Optional>]?: About[K] | null | undefined;
};
type Optional = 'people' | 'version' | 'derivedFrom' | 'formerlyFrom';

/** What an event of one type says: its typed content, and what it knows better than `About`. */
export type Said = Content & {
  readonly subject?: string | null;
  readonly occurredAt?: Instant | null;
  /** See `NewEvent`. */
  readonly version?: string | null;
  /** The subject that an older hookcast gave it, of which erasures may be remembered. */
  readonly formerSubject?: string | null;
  /** The people whom it is about. */
  readonly people: readonly Person[];
};

export interface EventDefinition<A> {
  readonly schema: z.ZodType;
  /** Given what the schema made of the body. */
  readonly normalise: (body: never, about: A) => Said;
}

/** One event of a provider: a body that fits the schema, and what it says. */
export function event<S extends z.ZodType, A = About>(
  schema: S,
  normalise: (body: z.output<S>, about: A) => Said,
): EventDefinition<A> {
  return { schema, normalise };
}

/** An event without a type of its own, also where its name is known: a cancellation that only moves a booking, say. */
export function otherEvent(people: readonly Person[] = []): Said {
  const other: OtherEvent = { shape: 'OtherEvent', kind: null, data: {}, personal: { tenantName: null } };
  return { ...other, people };
}

export interface ProviderDefinition<A extends Introduction> {
  /** Lower case letters, digits and dashes; the first part of its tenants. */
  readonly name: string;
  readonly verify: Verifier;
  /** Says what a verified payload is; or that it is a mere check, not wanted, or not of the provider's form. */
  readonly about: (verified: Verified, place: Place) => A | Unnormalised;
  /** The events that have a type, by the provider's names. Any other is recorded as it is. */
  readonly events: Readonly<Record<string, EventDefinition<A & About>>>;
  /** Where in the payload the bodies stand that the events' schemas are for. Left out, it is the payload itself. */
  readonly bodyAt?: readonly string[];
  /** See `Provider`. */
  readonly largestBody?: number;
  readonly samples?: readonly Sample[];
}

/** What a provider with many accounts says where a delivery names none. In quarantine it counts as no account. */
export const UNKNOWN_ACCOUNT = 'unknown';

/** Letters that a tenant, a path and a metric's label can all hold. */
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * A provider from its parts: how it signs, how it introduces an event, and what its events say. Everything else that makes
 * it one is the same for all: ids that are derived, what does not fit, what nobody expected.
 *
 * ```ts
 * const cancelled = z.object({
 *   data: z.object({ seat: id, show: z.string(), startsAt: optionalInstant, guest: z.object({ name: z.string(), email: z.string() }) }),
 * });
 *
 * export const theatre = (secrets: Secrets) =>
 *   defineProvider({
 *     name: 'theatre',
 *     verify: hmac({ secrets, header: 'x-theatre-signature', encoding: 'hex', prefix: 'sha256=' }),
 *     about({ payload }) {
 *       const envelope = z.object({ id, event: z.string(), house: id }).safeParse(payload);
 *       if (!envelope.success) return unfit(envelope.error);
 *       const { id: eventId, event: type, house: account } = envelope.data;
 *       return type === 'ping' ? { outcome: 'pong' } : { type, eventId, account };
 *     },
 *     events: {
 *       'seat.cancelled': event(cancelled, ({ data }) =>
 *         cancellation({
 *           kind: 'TICKET',
 *           ticketNumber: data.seat,
 *           title: data.show,
 *           startsAt: data.startsAt ?? null,
 *           customer: data.guest,
 *         }),
 *       ),
 *     },
 *   });
 * ```
 *
 * @throws {Error} for a name that is none.
 */
export function defineProvider<A extends Introduction>(definition: ProviderDefinition<A>): Provider {
  const { name, verify, events, bodyAt = [], samples = [], largestBody } = definition;
  if (!NAME.test(name)) throw new Error(`"${name}" is no name for a provider: lower case letters, digits and dashes`);
  const expected = new Map<string, ReadonlySet<string> | null>();
  const expectedFields = (type: string) => {
    if (!Object.hasOwn(events, type)) return null;
    if (!expected.has(type)) expected.set(type, fieldsIn(events[type]!.schema, bodyAt));
    return expected.get(type) ?? null;
  };
  return {
    name,
    verify: (delivery) => verify.verify(delivery),
    sign: verify.sign,
    samples,
    ...(largestBody !== undefined && { largestBody }),
    normalise(verified, place) {
      const named = { ...place, namer: place.namer ?? new Namer({ secret: '', hasFormer: false }) };
      const introduced = introduce(definition, verified, named);
      if ('outcome' in introduced) return introduced;
      const { type } = introduced.about;
      const known = Object.hasOwn(events, type) ? events[type]! : null;
      return normalise({ name, key: verify.key }, known, introduced, verified, named);
    },
    expectedFields,
    prepare() {
      for (const [type, { schema }] of Object.entries(events)) {
        prepareSchema(schema);
        expectedFields(type);
      }
    },
  };
}

/**
 * Refuses a delivery from within a verifier of one's own: it is answered 401, and nothing of it is kept. Whatever else a
 * verifier throws is answered 401 as well, and is a line in the gateway's log, since nobody meant it.
 *
 * @param message what the sender is told, and the log says. It must hold no secret, and nothing of what was sent.
 */
export function refuse(message: string): never {
  throw new HookcastError('SIGNATURE_INVALID', message);
}

/**
 * That a payload is not of the provider's form, and where.
 *
 * @param known what shows all the same. By its account, a source that takes some accounts only ignores another's, and an erasure of another account's leaves it alone.
 */
export function unfit(
  error: z.ZodError,
  known: { readonly type?: string; readonly eventId?: string; readonly account?: string | null } = {},
): Unnormalised {
  const { type = null, eventId = null, account = null } = known;
  return { outcome: 'unfit', type, eventId, issues: issuesOf(error), account };
}

/** What a delivery says of itself, and what follows from it. */
interface Introduced<A> {
  readonly about: A;
  readonly tenant: string;
  readonly eventId: string;
  readonly formerIds: readonly string[];
  /** As the delivery says it; null where it doesn't. */
  readonly account: string | null;
}

type NamedPlace = Place & { readonly namer: Namer };

function introduce<A extends Introduction>(
  { name, about, bodyAt = [] }: ProviderDefinition<A>,
  verified: Verified,
  place: NamedPlace,
): Introduced<A & About> | Unnormalised {
  let said: A | Unnormalised | null = null;
  try {
    said = about(verified, place);
    checkSaid(said, 'about');
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
  };
  const known = said.account === UNKNOWN_ACCOUNT ? null : (said.account ?? null);
  return { about: whole, tenant, eventId, formerIds, account: known };
}

/** The event's own id; or one made of what it says, and those that an older hookcast would have given it. */
function identify(
  { eventId, derivedFrom, formerlyFrom = derivedFrom }: Introduction,
  tenant: string,
  verified: Verified,
  { source, namer }: NamedPlace,
): { readonly eventId: string; readonly formerIds: readonly string[] } {
  const given = givenId(eventId, verified);
  if (given !== null) return { eventId: given, formerIds: [] };
  const formerIds: string[] = [];
  if (namer.hasFormer) {
    // Then it was taken for an id, as a provider of one's own may have made it.
    const taken = eventId ?? verified.id;
    if (taken !== undefined) formerIds.push(taken);
    if (formerlyFrom) formerIds.push(formerId(sha256Hex(JSON.stringify(formerlyFrom))));
    else if (verified.formerId !== undefined) formerIds.push(verified.formerId);
  }
  return { eventId: namer.eventId(source, tenant, derivedFrom ?? verified.digest), formerIds };
}

function givenId(eventId: string | null | undefined, verified: Verified): string | null {
  const ids = [eventId ?? null, verified.id ?? null];
  return ids.find((id) => id !== null && !isDerived(id)) ?? null;
}

function normalise<A extends About>(
  provider: { readonly name: string; readonly key: HmacKey | undefined },
  definition: EventDefinition<A> | null,
  { about, tenant, eventId, formerIds, account }: Introduced<A>,
  verified: Verified,
  { source, receivedAt, namer }: NamedPlace,
): Normalised {
  const { type, erases } = about;
  const hashed: HashTicket = (number) => namer.ticket(source, tenant, number);
  const toEvent = ({ people, subject, formerSubject, occurredAt, version, ...content }: Said): NewEvent => {
    const named = subject ?? about.subject;
    const is = named ?? subjectOf(content, hashed);
    const traces = erases ? [] : tracesOf(people, verified.payload);
    if (namer.hasFormer && !erases) {
      const was = formerSubject ?? (named === null ? formerSubjectOf(content, tenant, provider.key) : null);
      if (was !== null && was !== is) traces.push({ kind: 'subject', value: was });
    }
    return {
      provider: provider.name,
      source,
      type,
      eventId,
      tenant,
      subject: is,
      occurredAt: occurredAt ?? about.occurredAt ?? received(receivedAt),
      receivedAt,
      ...withoutSecrets(
        withTenantName({ ...content, data: withShortTexts(content.data) } as Content, about.accountName),
      ),
      ...(erases ? { personal: null, raw: null } : { raw: verified.text }),
      version: version ?? about.version ?? null,
      traces,
    };
  };
  const fit = fitted(definition, about, toEvent);
  if (!('issues' in fit)) {
    const tooLong = tooLongIn(fit);
    if (tooLong === null) return { outcome: 'event', event: fit, erases, formerIds };
    return { outcome: 'unfit', type: nameOf(type), eventId: null, issues: [{ path: '', message: tooLong }], account };
  }
  // A request for privacy is fulfilled, not kept for somebody to look at: what it is about is known all the same.
  if (erases) return { outcome: 'event', event: toEvent(otherEvent()), erases, formerIds };
  return { outcome: 'unfit', type: nameOf(type), eventId, issues: fit.issues, account };
}

/** Before a log had a secret for it, a ticket's number was hashed with the newest secret of the source. */
function formerSubjectOf(content: Content, tenant: string, key: HmacKey | undefined): string | null {
  if (!key) return null;
  return subjectOf(content, (number) =>
    hmacOf(key, Buffer.from(JSON.stringify([tenant, ...number])))
      .toString('hex')
      .slice(0, 32),
  );
}

/** The event, or why there is none. Whatever a provider's code does wrong with a delivery, the delivery is not lost. */
function fitted<A extends About>(
  definition: EventDefinition<A> | null,
  about: A,
  toEvent: (said: Said) => NewEvent,
): NewEvent | { readonly issues: readonly Issue[] } {
  try {
    if (!definition) return toEvent(otherEvent(about.people));
    const fit = definition.schema.safeParse(about.body);
    if (!fit.success) return { issues: issuesOf(fit.error, about.path) };
    const said = definition.normalise(fit.data as never, about);
    checkSaid(said, 'normalise');
    const event = toEvent(said);
    checkEvent(event);
    return event;
  } catch (error) {
    return { issues: [failed(error, about.path)] };
  }
}

/** Of what `about` returned, whatever that is. */
function accountIn(said: unknown): string | null {
  return isObject(said) && typeof said['account'] === 'string' ? said['account'] : null;
}

/** @throws {TypeError} for what the types forbid, and plain JavaScript does not: a promise, or nothing at all. */
function checkSaid(said: unknown, what: string): void {
  if (said instanceof Promise) {
    // Nobody waits for it, and a rejection that nobody takes ends the process.
    said.catch(() => {});
    throw new TypeError(`${what} must not be async`);
  }
  if (!isObject(said)) throw new TypeError(`${what} must return an object`);
}

/** @throws {TypeError} for members that would be no text in the log. */
function checkTexts({ type, eventId, account, subject, erases }: Introduction): void {
  const areTexts = isText(type) && [eventId, account, subject].every((value) => isText(value ?? ''));
  if (!areTexts || !(erases?.contacts ?? []).every(isText)) throw new TypeError('what names something must be text');
}

/** @throws {TypeError} for what a log can't hold. */
function checkEvent({ shape, kind, subject, version, occurredAt, data, personal }: NewEvent): void {
  const areTexts = [shape, kind, subject, version, occurredAt.text].every((value) => typeof (value ?? '') === 'string');
  if (!areTexts || !isMoment(occurredAt.at)) throw new TypeError('a time or a name is none');
  if (!isObject(data) || (personal !== null && !isObject(personal))) throw new TypeError('an event has data');
}

/** Of JavaScript's time (ECMA-262, 21.4.1.1): nothing beyond could be served as a date. */
function isMoment(at: number): boolean {
  return Number.isSafeInteger(at) && Math.abs(at) <= 8.64e15;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** Null, and so the first delivery for a guide, where a schema can't be read: two parts of it with one name, say. */
function fieldsIn(schema: z.ZodType, at: readonly string[]): ReadonlySet<string> | null {
  try {
    return fieldsOf(schema, at);
  } catch {
    return null;
  }
}

function withTenantName<C extends Content>(content: C, accountName: string | null): C {
  if (content.personal.tenantName !== null || accountName === null) return content;
  return { ...content, personal: { ...content.personal, tenantName: accountName } };
}

/** What an account's own fields hold is anybody's choice: what `raw` leaves out must not stand in the personal part instead. */
function withoutSecrets<C extends Content>(content: C): C {
  const personal = withoutSecretMembers(content.personal);
  return personal === content.personal ? content : { ...content, personal };
}

function received(receivedAt: number): Instant {
  return { at: receivedAt, text: new Date(receivedAt).toISOString() };
}
