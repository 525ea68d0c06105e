import type { CancellationData, CancellationPersonal } from './cancellation.ts';
import type { Instant } from './instant.ts';
import type { Money } from './money.ts';
import type { Occasion } from './occasion.ts';
import type { Person } from './person.ts';

/** A ticket that was cancelled, as Eduzz's Blinket says it (`blinket.attendance_canceled`). */
export interface TicketCancellation {
  readonly shape: 'TicketCancellation';
  readonly kind: 'TICKET';
  readonly data: CancellationData & {
    /** Who sells the tickets. */
    readonly producerId: string | null;
    /** What the ticket was for. */
    readonly occasion: Occasion | null;
    /** The sort of ticket, such as `Standard`. */
    readonly ticketName: string | null;
    readonly isPaid: boolean | null;
    readonly batch: TicketBatch | null;
    readonly participantId: string | null;
    readonly manuallyCreated: boolean | null;
    readonly createdAt: Instant | null;
    readonly sentAt: Instant | null;
  };
  readonly personal: CancellationPersonal & {
    /** What the customer would quote. It opens the door, so it is as personal as a key. */
    readonly ticketNumber: string | null;
    readonly producerEmail: string | null;
    /** Who bought it, who may be somebody else than who holds it. */
    readonly buyer: Person | null;
    readonly tags: readonly TicketTag[];
    readonly customFields: Readonly<Record<string, unknown>>;
  };
}

/** The batch of tickets that one was bought from. */
export interface TicketBatch {
  readonly contentId: string | null;
  readonly name: string | null;
  readonly price: Money | null;
}

export interface TicketTag {
  readonly id: string | null;
  readonly title: string | null;
  readonly color: string | null;
}
