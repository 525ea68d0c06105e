import { HookcastError } from '../errors.ts';
import type { Cursor } from '../events/cursor.ts';
import type { Parts, RecordedEvent } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import type { Quarantined } from '../events/quarantine.ts';

export const SCOPES = ['events:read', 'pii:read', 'raw:read', 'ops'] as const;
export type Scope = (typeof SCOPES)[number];

/** The holder of a verified token: which tenants' events they may see, and how much of each event. */
export interface Viewer {
  /** Null means every tenant, which only a token that says `["*"]` has. */
  readonly tenants: ReadonlySet<string> | null;
  readonly scopes: ReadonlySet<Scope>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A viewer with a `holder`: a hash that all tokens of one person or program share. */
export interface Bearer extends Viewer {
  readonly holder: string;
  /** The claim `jti`, by which the token can be revoked, or the id of a session. Null if there is none. */
  readonly tokenId: string | null;
  /** The id of the token that a session was begun with, and ends with. Null if this is no session, or if that token has no id. */
  readonly parentId: string | null;
  /** The name of the key that the token was checked with, which a session of the token depends on. */
  readonly key: string;
}

export type PersonalData = 'AVAILABLE' | 'WITHHELD' | 'ERASED';

/**
 * An event as far as a viewer may see it. Everything that is served is made of these, never of a RecordedEvent, so
 * that no other way leads to what was withheld.
 */
export type DisclosedEvent = RecordedEvent & { readonly personalData: PersonalData };

/** Reads the event's content only when asked for it: a page of ids parses nothing. */
class Disclosed {
  readonly cursor: Cursor;
  readonly provider: string;
  readonly source: string;
  readonly type: string;
  readonly eventId: string;
  readonly tenant: string;
  readonly subject: string | null;
  readonly occurredAt: RecordedEvent['occurredAt'];
  readonly receivedAt: number;
  readonly shape: RecordedEvent['shape'];
  readonly kind: RecordedEvent['kind'];
  readonly happened: RecordedEvent['happened'];
  readonly worth: RecordedEvent['worth'];
  readonly version: string | null;
  readonly superseded: boolean;
  readonly isErased: boolean;
  readonly bytes: number;
  readonly personalData: PersonalData;
  readonly #event: RecordedEvent;
  readonly #seesRaw: boolean;

  constructor(event: RecordedEvent, personalData: PersonalData, seesRaw: boolean) {
    this.cursor = event.cursor;
    this.provider = event.provider;
    this.source = event.source;
    this.type = event.type;
    this.eventId = event.eventId;
    this.tenant = event.tenant;
    this.subject = event.subject;
    this.occurredAt = event.occurredAt;
    this.receivedAt = event.receivedAt;
    this.shape = event.shape;
    this.kind = event.kind;
    this.happened = event.happened;
    this.worth = event.worth;
    this.version = event.version;
    this.superseded = event.superseded;
    this.isErased = event.isErased;
    this.bytes = event.bytes;
    this.personalData = personalData;
    this.#event = event;
    this.#seesRaw = seesRaw;
  }

  get data() {
    return this.#event.data;
  }

  get personal() {
    return this.personalData === 'AVAILABLE' ? this.#event.personal : null;
  }

  get raw() {
    return this.personalData === 'AVAILABLE' && this.#seesRaw ? this.#event.raw : null;
  }
}

/**
 * Limits the filter to the viewer's tenants, and a search to what the viewer may see.
 *
 * @throws {HookcastError} FORBIDDEN if it asks for a tenant that the token doesn't name, or without `events:read`:
 *   an empty answer would look as if nothing had happened.
 */
export function narrow(viewer: Viewer, { search, ...lists }: EventFilter): EventFilter {
  requireScope(viewer, 'events:read');
  const filter = search ? { ...lists, search: { ...search, people: visibleTo(viewer).people } } : lists;
  if (viewer.tenants === null) return filter;
  const foreign = filter.tenants?.filter((tenant) => !viewer.tenants?.has(tenant)) ?? [];
  if (foreign.length > 0) {
    throw new HookcastError('FORBIDDEN', `The token does not name the tenant ${foreign.slice(0, 3).join(', ')}.`);
  }
  return { ...filter, tenants: filter.tenants ?? [...viewer.tenants] };
}

/** @throws {HookcastError} FORBIDDEN if the viewer lacks the scope. */
export function requireScope(viewer: Viewer, scope: Scope): void {
  if (viewer.scopes.has(scope)) return;
  throw new HookcastError('FORBIDDEN', `The token lacks the scope ${scope}.`);
}

/** Whether the viewer may see what belongs to every tenant, or to none that is known. */
export function isOperator({ tenants, scopes }: Viewer): boolean {
  return tenants === null && scopes.has('ops');
}

/**
 * Requires that the viewer may see what belongs to every tenant, or to one that is not known yet.
 *
 * @param what the beginning of the message: why the token has to be for every tenant.
 * @throws {HookcastError} FORBIDDEN without the scope `ops`, or if the token doesn't name every tenant.
 */
export function requireOperator(viewer: Viewer, what = 'Quarantine has deliveries of every tenant'): void {
  requireScope(viewer, 'ops');
  if (viewer.tenants === null) return;
  throw new HookcastError('FORBIDDEN', `${what}, so the token must be for every tenant ("*").`);
}

/** A delivery in quarantine as far as a viewer may see it. Its payload, like any raw payload, takes both scopes. */
export type DisclosedDelivery = Quarantined & { readonly personalData: PersonalData };

export function discloseDelivery(viewer: Viewer, delivery: Quarantined): DisclosedDelivery {
  const seesPeople = viewer.scopes.has('pii:read');
  const isErased = delivery.payload === null || delivery.erasedAt !== null;
  // Both scopes are also needed after an erasure: nobody has understood the payload, so it may still name people.
  const payload = seesPeople && viewer.scopes.has('raw:read') ? delivery.payload : null;
  return { ...delivery, payload, personalData: isErased ? 'ERASED' : seesPeople ? 'AVAILABLE' : 'WITHHELD' };
}

/** What the viewer may see of the event. Null if it belongs to another tenant. */
export function disclose(viewer: Viewer, event: RecordedEvent): DisclosedEvent | null {
  if (viewer.tenants !== null && !viewer.tenants.has(event.tenant)) return null;
  const { people, raw } = visibleTo(viewer);
  const personalData = event.isErased ? 'ERASED' : people ? 'AVAILABLE' : 'WITHHELD';
  return new Disclosed(event, personalData, raw);
}

/** The raw payload holds the person as well, so it takes both scopes. */
export function visibleTo({ scopes }: Viewer): Parts {
  const people = scopes.has('pii:read');
  return { people, raw: people && scopes.has('raw:read') };
}
