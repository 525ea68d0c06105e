import type { Who } from '../parts/event.ts';

/** An event about a ticket, as far as it says whether somebody came with it. */
export interface TicketEvent {
  readonly __typename: string;
  readonly id: string;
  readonly subject: string | null;
  readonly occurredAt: string;
  readonly personalData: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
  readonly tenant: { readonly id: string };
  readonly ticketChange?: string;
  readonly occasion?: { readonly name: string | null } | null;
  readonly ticketName?: string | null;
  readonly buyer?: Who | null;
  readonly participants?: readonly { readonly person: Who | null }[];
}

/** A ticket that was sold. */
export interface Ticket {
  readonly tenant: string;
  readonly subject: string;
  readonly occasion: string;
  readonly ticketName: string | null;
  /** When it was sold. */
  readonly soldAt: string;
  /** The event that sold it. */
  readonly event: string;
  readonly personalData: TicketEvent['personalData'];
  readonly holder: Who | null;
  /** Which of those whom that event names it is. */
  readonly place: number;
  readonly isIn: boolean;
}

/**
 * The tickets that were sold and are good still, the newest first. What is told of several tickets at once is about their occasion, and
 * nothing says of which of them somebody came with.
 *
 * @param events the oldest first.
 */
export function ticketsOf(events: readonly TicketEvent[]): readonly Ticket[] {
  const tickets = new Map<string, Ticket>();
  for (const event of events) {
    const { subject, tenant, ticketChange } = event;
    if (!subject?.startsWith('ticket/')) continue;
    const key = `${tenant.id} ${subject}`;
    const known = tickets.get(key);
    if (event.__typename === 'TicketCancellation') tickets.delete(key);
    else if (ticketChange === 'ADDED') {
      const holder = event.participants?.[0]?.person ?? event.buyer ?? null;
      const buyer = event.buyer?.email?.toLowerCase();
      tickets.set(key, {
        tenant: tenant.id,
        subject,
        occasion: event.occasion?.name ?? '',
        ticketName: event.ticketName ?? null,
        soldAt: event.occurredAt,
        event: event.id,
        personalData: event.personalData,
        holder,
        place: buyer && buyer !== holder?.email?.toLowerCase() ? 1 : 0,
        isIn: known?.isIn ?? false,
      });
    } else if (known && (ticketChange === 'CHECKED_IN' || ticketChange === 'CHECK_IN_UNDONE')) {
      tickets.set(key, { ...known, isIn: ticketChange === 'CHECKED_IN' });
    }
  }
  return [...tickets.values()].toReversed();
}
