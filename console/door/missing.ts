import type { Who } from '../parts/event.ts';

/** An event about a ticket, with what is needed to know whether it is checked in. */
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
  readonly soldAt: string;
  /** The id of the event that sold it. */
  readonly event: string;
  readonly personalData: TicketEvent['personalData'];
  readonly holder: Who | null;
  /** The holder's place among the people whom this event names. */
  readonly place: number;
  readonly isIn: boolean;
}

/**
 * The tickets that were sold and are still valid, the newest first. An event about several tickets has the occasion as its subject, and
 * doesn't say which of them was checked in, so it is ignored.
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
