import type { Kind } from './cancellation.ts';
import type { Cursor } from './cursor.ts';
import type { Instant } from './instant.ts';
import type { Trace } from './trace.ts';
import type { Worth } from './worth.ts';

/** What every event says of itself (after CloudEvents 1.0: id, source, type, subject, time). */
export interface Envelope {
  readonly provider: string;
  readonly source: string;
  /** The provider's own name for it. */
  readonly type: string;
  /** The provider's own id. With `source` it identifies the event: a second delivery of the pair is a duplicate. */
  readonly eventId: string;
  readonly tenant: string;
  /** What it is about, `ticket/…` or `booking/…`. */
  readonly subject: string | null;
  readonly occurredAt: Instant;
  /** Milliseconds since 1970, by the gateway's clock. */
  readonly receivedAt: number;
}

/** What an event says, by the declaration of its type. */
export interface Content {
  /** The name of its type in GraphQL: `OtherEvent` where it has none of its own. */
  readonly shape: string;
  /** Of a cancellation, what was cancelled. */
  readonly kind: Kind | null;
  /** What happened, where events of its type tell of several things; of a cancellation `CANCELED`. It is counted by it. */
  readonly happened: string | null;
  /** What it is worth. Null where it says nothing of that. */
  readonly worth: Worth | null;
  /** What identifies nobody. */
  readonly data: Members;
  /** The rest, and the name of the tenant. Null once it was erased. */
  readonly personal: Personal | null;
}

export type Members = Readonly<Record<string, unknown>>;
export type Personal = Members & { readonly tenantName: string | null };

/** What happened when a cancellation is only decided: what is cancelled goes on for a while yet. */
export const SCHEDULED = 'SCHEDULED';

/** The shape of an event without a type of its own. Its payload is only in `raw`. */
export const OTHER_EVENT = 'OtherEvent';

/** An event that has been normalised and not yet recorded. */
export type NewEvent = Envelope &
  Content & {
    /** The verified payload as JSON text, without secrets. Null, like `personal`, when a privacy request forbids it. */
    readonly raw: string | null;
    /**
     * Which state of its subject it tells of, as text that sorts in the order in which the states came about. What has not
     * the same first letter can't be compared. Null where the provider doesn't say.
     */
    readonly version: string | null;
    /** By what its people's data is found again. */
    readonly traces: readonly Trace[];
  };

/**
 * An event of the log. `personal` and `raw` are null once they were erased. `data` and `personal` are parsed anew when they
 * are asked for, since JSON of many small values takes twenty times its length as objects; what was not read (`Parts`) throws.
 */
export type RecordedEvent = Envelope &
  Content &
  Pick<NewEvent, 'raw' | 'version'> & {
    readonly cursor: Cursor;
    /** Whether the log already had a later state of the subject when this one came. */
    readonly superseded: boolean;
    /** Whether `personal` is null. Known also when it was not read. */
    readonly isErased: boolean;
    /** About how many bytes it takes in memory. */
    readonly bytes: number;
  };

/** What is read of events besides their `data`. */
export interface Parts {
  readonly people: boolean;
  readonly raw: boolean;
}

export const ALL_PARTS: Parts = { people: true, raw: true };

/** What makes an event this event and no other. */
export interface EventKey {
  readonly source: string;
  readonly eventId: string;
}

/** Whether an event says that something will be cancelled, which another event says again once it has been. */
export function isScheduled({ happened }: Pick<Content, 'happened'>): boolean {
  return happened === SCHEDULED;
}
