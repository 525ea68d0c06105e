import type { BookingCancellation } from './booking-cancellation.ts';
import type { BookingChange } from './booking-change.ts';
import type { Cursor } from './cursor.ts';
import type { Instant } from './instant.ts';
import type { OrderCancellation } from './order-cancellation.ts';
import type { SubscriptionCancellation } from './subscription-cancellation.ts';
import type { SubscriptionChange } from './subscription-change.ts';
import type { TicketCancellation } from './ticket-cancellation.ts';
import type { TicketChange } from './ticket-change.ts';
import type { TicketEdit } from './ticket-edit.ts';
import type { Trace } from './trace.ts';

/** What every event says of itself, whatever it is about (after CloudEvents 1.0: id, source, type, subject, time). */
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

/** An event without a type of its own. Its payload is only in `raw`. */
export interface OtherEvent {
  readonly shape: 'OtherEvent';
  readonly kind: null;
  readonly data: Readonly<Record<string, never>>;
  readonly personal: { readonly tenantName: string | null };
}

/** What an event is about: what identifies nobody in `data`, and the rest in `personal`. */
export type Content =
  | TicketCancellation
  | TicketChange
  | TicketEdit
  | BookingCancellation
  | OrderCancellation
  | SubscriptionCancellation
  | SubscriptionChange
  | BookingChange
  | OtherEvent;
export type Shape = Content['shape'];
export const SHAPES: readonly Shape[] = [
  'TicketCancellation',
  'TicketChange',
  'TicketEdit',
  'BookingCancellation',
  'OrderCancellation',
  'SubscriptionCancellation',
  'SubscriptionChange',
  'BookingChange',
  'OtherEvent',
];

type Erasable<C extends Content> = C extends Content
  ? Omit<C, 'personal'> & { readonly personal: C['personal'] | null }
  : never;

/** An event that has been normalised and not yet recorded. */
export type NewEvent = Envelope &
  Erasable<Content> & {
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
  Erasable<Content> &
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
export function isScheduled(event: Erasable<Content>): boolean {
  // By its shape first: what an event says is parsed when it is asked for.
  return event.shape === 'SubscriptionCancellation' && event.data.isScheduled === true;
}
