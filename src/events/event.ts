import type { Kind } from './cancellation.ts';
import type { Cursor } from './cursor.ts';
import type { Instant } from './instant.ts';
import type { Trace } from './trace.ts';
import type { Worth } from './worth.ts';

/** What every event says of itself (after CloudEvents 1.0: id, source, type, subject, time). */
export interface Envelope {
  readonly provider: string;
  readonly source: string;
  /** The provider's own name for the type of event. */
  readonly type: string;
  /** The provider's own id. With `source` it identifies the event: a second delivery of the pair is a duplicate. */
  readonly eventId: string;
  readonly tenant: string;
  /** What the event is about: `ticket/…` or `booking/…`, for example. */
  readonly subject: string | null;
  readonly occurredAt: Instant;
  /** Milliseconds since 1970, by the gateway's clock. */
  readonly receivedAt: number;
}

/** What an event says, as its type declares it. */
export interface Content {
  /** The name of its type in GraphQL. It is `OtherEvent` if the event has no type of its own. */
  readonly shape: string;
  /** What was canceled; null if the event is no cancellation. */
  readonly kind: Kind | null;
  /**
   * What happened, if events of its type tell of several things. Events are counted by it. For a cancellation it is `CANCELED`.
   */
  readonly happened: string | null;
  /** What the event is worth. Null if it doesn't say. */
  readonly worth: Worth | null;
  /** The members that identify nobody. */
  readonly data: Members;
  /** The other members, and the name of the tenant. Null after an erasure. */
  readonly personal: Personal | null;
}

export type Members = Readonly<Record<string, unknown>>;
export type Personal = Members & { readonly tenantName: string | null };

/** `happened` of a cancellation that is only decided: the subject goes on for a while. */
export const SCHEDULED = 'SCHEDULED';

/** The shape of an event without a type of its own. Its payload is only in `raw`. */
export const OTHER_EVENT = 'OtherEvent';

/** An event that is normalized but not yet recorded. */
export type NewEvent = Envelope &
  Content & {
    /** The verified payload as JSON text, without secrets. Null, like `personal`, if a privacy request forbids it. */
    readonly raw: string | null;
    /**
     * The state of its subject that the event tells of, as text that sorts in the order of the states. Only texts with the same
     * first letter can be compared. Null if the provider doesn't say.
     */
    readonly version: string | null;
    /** How an erasure finds the event by its people. */
    readonly traces: readonly Trace[];
  };

/**
 * An event of the log. `personal` and `raw` are null after an erasure. `data` and `personal` are parsed at each access, since
 * JSON of many small values takes twenty times its length as objects. Access to a part that was not read (`Parts`) throws.
 */
export type RecordedEvent = Envelope &
  Content &
  Pick<NewEvent, 'raw' | 'version'> & {
    readonly cursor: Cursor;
    /** Whether the log already had a later state of the subject when this event came. */
    readonly superseded: boolean;
    /** Whether `personal` is null. It is known also if `personal` was not read. */
    readonly isErased: boolean;
    /** Roughly how many bytes the event takes in memory. */
    readonly bytes: number;
  };

/** The parts that are read of events besides their `data`. */
export interface Parts {
  readonly people: boolean;
  readonly raw: boolean;
}

export const ALL_PARTS: Parts = { people: true, raw: true };

/** The key that identifies an event. */
export interface EventKey {
  readonly source: string;
  readonly eventId: string;
}

/** Whether an event says that something will be canceled. Another event says so again once it has been canceled. */
export function isScheduled({ happened }: Pick<Content, 'happened'>): boolean {
  return happened === SCHEDULED;
}
