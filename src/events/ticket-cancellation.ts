import type { CancellationData, CancellationPersonal } from './cancellation.ts';
import type { Instant } from './instant.ts';

/** A ticket that was cancelled, as Eduzz's Blinket says it (`blinket.attendance_canceled`). */
export interface TicketCancellation {
  readonly shape: 'TicketCancellation';
  readonly kind: 'TICKET';
  readonly data: CancellationData & {
    readonly producerId: string;
    /** What the ticket was for. */
    readonly occasion: { readonly id: string; readonly name: string; readonly type: string | null };
    readonly participantId: string | null;
    readonly manuallyCreated: boolean | null;
    readonly createdAt: Instant | null;
    readonly sentAt: Instant | null;
  };
  readonly personal: CancellationPersonal & {
    /** What the customer would quote. It opens the door, so it is as personal as a key. */
    readonly ticketNumber: string;
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
