import type { Instant } from './instant.ts';
import type { Money } from './money.ts';
import type { Occasion } from './occasion.ts';

/** The tickets on offer for an occasion were edited, as Eduzz's Blinket says it (`blinket.ticket_edited`). */
export interface TicketEdit {
  readonly shape: 'TicketEdit';
  readonly kind: null;
  readonly data: {
    readonly producerId: string | null;
    readonly occasion: Occasion;
    readonly tickets: readonly TicketOffer[];
    readonly createdAt: Instant | null;
    readonly sentAt: Instant | null;
  };
  readonly personal: {
    readonly tenantName: string | null;
    readonly producerEmail: string | null;
  };
}

/** A sort of ticket, and what it is sold at. */
export interface TicketOffer {
  readonly name: string | null;
  readonly showOnEventPage: boolean | null;
  readonly isPaid: boolean | null;
  readonly isUnlimited: boolean | null;
  /** As the provider says it; Eduzz's 0 seems to be no limit. */
  readonly buyLimit: number | null;
  readonly buyMinimum: number | null;
  readonly batches: readonly TicketBatch[];
}

export interface TicketBatch {
  readonly contentId: string | null;
  readonly name: string | null;
  readonly quantity: number | null;
  readonly startSalesAt: Instant | null;
  readonly endSalesAt: Instant | null;
  readonly price: Money | null;
}
