import type { Instant } from './instant.ts';
import type { Occasion } from './occasion.ts';
import type { Person } from './person.ts';
import type { TicketBatch, TicketTag } from './ticket-cancellation.ts';

export const TICKET_CHANGES = [
  'ADDED',
  'ASSIGNED',
  'EDITED',
  'CHECKED_IN',
  'CHECK_IN_UNDONE',
  'TAGS_CHANGED',
  'PRINTED',
] as const;
export type TicketChangeKind = (typeof TICKET_CHANGES)[number];

/** What else becomes of tickets than being cancelled, as Eduzz's Blinket says it (`blinket.attendance_added` and others). */
export interface TicketChange {
  readonly shape: 'TicketChange';
  readonly kind: null;
  readonly data: {
    readonly change: TicketChangeKind;
    readonly producerId: string | null;
    readonly occasion: Occasion | null;
    /** The sort of ticket, such as `Standard`. */
    readonly ticketName: string | null;
    readonly isPaid: boolean | null;
    readonly batch: TicketBatch | null;
    /** One, or several that were printed together. */
    readonly participants: readonly TicketState[];
    readonly createdAt: Instant | null;
    readonly sentAt: Instant | null;
  };
  readonly personal: {
    readonly tenantName: string | null;
    readonly producerEmail: string | null;
    readonly buyer: Person | null;
    /** In the order of `data.participants`. */
    readonly participants: readonly TicketHolder[];
  };
}

/** What a participant's ticket is at now. */
export interface TicketState {
  readonly id: string | null;
  readonly status: string | null;
  /** Whether somebody has put a name to it. */
  readonly assigned: boolean | null;
  readonly manuallyCreated: boolean | null;
  /** Null also where it is checked in and the time can't be read. */
  readonly checkedInAt: Instant | null;
}

export interface TicketHolder {
  readonly person: Person;
  /** It opens the door, so it is as personal as a key. */
  readonly ticketNumber: string | null;
  readonly tags: readonly TicketTag[];
  readonly customFields: Readonly<Record<string, unknown>>;
}
