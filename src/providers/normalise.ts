import { type EventType, type Hash, type Said, otherEvent } from '../declaration/event-type.ts';
import type { Split } from '../declaration/split.ts';
import { type NewEvent, OTHER_EVENT, SCHEDULED, type Personal } from '../events/event.ts';
import type { Kind } from '../events/cancellation.ts';
import type { Instant } from '../events/instant.ts';
import type { Issue } from '../events/quarantine.ts';
import { tracesOf } from '../events/trace.ts';
import type { Money } from '../events/money.ts';
import { worthOf } from '../events/worth.ts';
import { Cancellation } from '../types/cancellation.ts';
import type { About } from './about.ts';
import type { Checks } from './checks.ts';
import type { EventDefinition } from './definition.ts';
import { failed } from './failed.ts';
import { type HmacKey, hmacOf } from './hmac.ts';
import type { Introduced, NamedContext } from './introduce.ts';
import type { Keeper } from './keeper.ts';
import { nameOf, tooLongIn } from './lengths.ts';
import { isObject, issuesOf } from './payload.ts';
import type { Normalised, Verified } from './provider.ts';
import { checkReturned } from './returned.ts';

/** What the provider's code made of a delivery: an event, or why there is none. */
type Made = NewEvent | { readonly issues: readonly Issue[] };

/** The parts of a provider that make its events. */
interface Maker {
  readonly name: string;
  readonly key: HmacKey | undefined;
  readonly checks: Checks;
  readonly keeper: Keeper;
}

export function normalise<A extends About>(
  provider: Maker,
  definition: EventDefinition<A> | null,
  { about, tenant, eventId, formerIds, account }: Introduced<A>,
  verified: Verified,
  { source, receivedAt, namer }: NamedContext,
): Normalised {
  const { type, erases } = about;
  const hash: Hash = (parts) => namer.ticket(source, tenant, parts);
  const toEvent = (said: Said): Made => {
    const content = contentOf(said, about.accountName, provider);
    if ('issues' in content) return content;
    const { subjectBy, people } = content;
    const named = said.subject ?? about.subject;
    const subject = named ?? subjectBy(hash);
    const concerned = said.people?.length ? [...people, ...said.people] : people;
    const traces = erases ? [] : tracesOf(concerned, verified.payload);
    if (namer.hasFormer && !erases) {
      const was = said.formerSubject ?? (named === null ? formerSubject(subjectBy, tenant, provider.key) : null);
      if (was !== null && was !== subject) traces.push({ kind: 'subject', value: was });
    }
    return {
      provider: provider.name,
      source,
      type,
      eventId,
      tenant,
      subject,
      occurredAt: said.occurredAt ?? about.occurredAt ?? received(receivedAt),
      receivedAt,
      shape: content.shape,
      kind: content.kind,
      happened: content.happened,
      worth: content.worth,
      data: content.data,
      personal: erases ? null : content.personal,
      raw: erases ? null : verified.text,
      version: said.version ?? about.version ?? null,
      traces,
    };
  };
  const made = attempt(definition, about, provider.checks, toEvent);
  if (!('issues' in made)) {
    const tooLong = tooLongIn(made);
    if (tooLong === null) return { outcome: 'event', event: made, erases, formerIds };
    return { outcome: 'unfit', type: nameOf(type), eventId: null, issues: [{ path: '', message: tooLong }], account };
  }
  // A request for privacy is fulfilled even if it does not fit, and does not wait for an operator: what it is about is known.
  const bare = erases && toEvent(otherEvent());
  if (bare && !('issues' in bare)) return { outcome: 'event', event: bare, erases, formerIds };
  return { outcome: 'unfit', type: nameOf(type), eventId, issues: made.issues, account };
}

/** Makes the event, or says why there is none. No mistake in a provider's code loses the delivery. */
function attempt<A extends About>(
  definition: EventDefinition<A> | null,
  about: A,
  checks: Checks,
  toEvent: (said: Said) => Made,
): Made {
  try {
    if (!definition) return toEvent(otherEvent(about.people));
    const fit = checks.safeParse(definition.schema, about.body);
    if (!fit.success) return { issues: issuesOf(fit.error, about.path) };
    const said = definition.normalise(fit.data as never, about);
    checkReturned(said, 'normalise');
    const event = toEvent(said);
    if (!('issues' in event)) checkEvent(event);
    return event;
  } catch (error) {
    return { issues: [failed(error, about.path)] };
  }
}

type SubjectBy = (hash: Hash) => string | null;

interface Stored extends Pick<NewEvent, 'shape' | 'kind' | 'happened' | 'worth' | 'data' | 'personal'> {
  readonly people: Split['people'];
  /** The subject that follows from its content. */
  readonly subjectBy: SubjectBy;
}

/** The content to keep of an event, by its declaration; or the issues if its members don't fit the declaration. */
function contentOf(
  { type, members }: Said,
  tenantName: string | null,
  { checks, keeper }: Maker,
): Stored | { readonly issues: readonly Issue[] } {
  if (type === null) {
    const nothing = { data: {}, personal: { tenantName }, people: [], subjectBy: () => null };
    return { shape: OTHER_EVENT, kind: null, happened: null, worth: null, ...nothing };
  }
  const checked = checks.safeParse(type.schema, members);
  if (!checked.success) return { issues: issuesOf(checked.error, [type.name]) };
  const event = withImplied(type, checked.data as Readonly<Record<string, unknown>>);
  const { data, personal, people } = keeper.parted(type, event, tenantName);
  // A `kind` alone does not make a cancellation: in a user's own type it may mean something else.
  const isCancellation = type.interfaces.some(({ name }) => name === Cancellation.name);
  const kind = isCancellation ? (data['kind'] as Kind) : null;
  const happened = type.happened === null ? null : (data[type.happened] as string | null);
  return {
    shape: type.name,
    kind,
    happened: happened ?? (kind === null ? null : data['isScheduled'] === true ? SCHEDULED : 'CANCELED'),
    worth: type.amount === null ? null : worthOf(memberAt(data, type.amount) as Money | null),
    data,
    personal: personal as Personal,
    people,
    // An empty id names nothing.
    subjectBy: (hash) => type.subject?.(event as never, hash) || null,
  };
}

function memberAt(data: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : null), data);
}

function withImplied({ implied }: EventType, event: Readonly<Record<string, unknown>>) {
  return implied ? { ...event, ...implied(event as never) } : event;
}

/**
 * The subject by an older hookcast, which hashed a ticket's number with the newest secret of the source, since the log had no
 * secret.
 */
function formerSubject(subjectBy: SubjectBy, tenant: string, key: HmacKey | undefined): string | null {
  if (!key) return null;
  return subjectBy((parts) =>
    hmacOf(key, Buffer.from(JSON.stringify([tenant, ...parts])))
      .toString('hex')
      .slice(0, 32),
  );
}

/** @throws {TypeError} for values that a log can't hold. */
function checkEvent({ shape, kind, subject, version, occurredAt, data, personal }: NewEvent): void {
  const areTexts = isText(shape) && isText(kind) && isText(subject) && isText(version) && isText(occurredAt.text);
  if (!areTexts || !isMoment(occurredAt.at)) throw new TypeError('a time or a name is invalid');
  if (!isObject(data) || (personal !== null && !isObject(personal))) throw new TypeError('an event needs data');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || value === null || value === undefined;
}

/** Whether it is within JavaScript's range of times (ECMA-262, 21.4.1.1): no other time could be served as a date. */
function isMoment(at: number): boolean {
  return Number.isSafeInteger(at) && Math.abs(at) <= 8.64e15;
}

function received(receivedAt: number): Instant {
  return { at: receivedAt, text: new Date(receivedAt).toISOString() };
}
