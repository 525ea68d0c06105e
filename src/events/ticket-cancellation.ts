import type { CancellationData, CancellationPersonal } from './cancellation.ts';
import type { Instant } from './instant.ts';
import type { Occasion } from './occasion.ts';

/** A ticket that was cancelled, as Eduzz's Blinket says it (`blinket.attendance_canceled`). */
export interface TicketCancellation {
  readonly shape: 'TicketCancellation';
  readonly kind: 'TICKET';
  readonly data: CancellationData & {
    /** Who sells the tickets. */
    readonly producerId: string | null;
    /** What the ticket was for. */
    readonly occasion: Occasion | null;
    readonly participantId: string | null;
    readonly manuallyCreated: boolean | null;
    readonly createdAt: Instant | null;
    readonly sentAt: Instant | null;
  };
  readonly personal: CancellationPersonal & {
    /** What the customer would quote. It opens the door, so it is as personal as a key. */
    readonly ticketNumber: string | null;
    readonly producerEmail: string | null;
    readonly tags: readonly TicketTag[];
    readonly customFields: Readonly<Record<string, unknown>>;
  };
}

export interface TicketTag {
  readonly id: string | null;
  readonly title: string | null;
  readonly color: string | null;
}
