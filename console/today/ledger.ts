import { type Amount, type Sums, plus } from '../parts/money.ts';

/** The chargeback that an order's event tells of. */
export interface Chargeback {
  readonly status?: string | null;
  readonly respondBy: { readonly instant: string } | null;
  readonly finishedAt?: { readonly instant: string } | null;
}

/** An event of today: what was sold or booked. It contains no personal data. */
export interface DayEvent {
  readonly __typename: string;
  readonly id: string;
  readonly title?: string | null;
  readonly occasion?: { readonly name: string | null } | null;
  readonly orderChange?: string;
  readonly ticketChange?: string;
  readonly bookingChange?: string;
  readonly value?: Amount | null;
  readonly subject?: string | null;
  readonly occurredAt?: string;
  readonly chargeback?: Chargeback | null;
}

/** The events of today of one sold thing or one service. */
export interface LedgerRow {
  readonly name: string;
  readonly paid: number;
  readonly sums: Sums;
  readonly tickets: number;
  readonly checkedIn: number;
  readonly booked: number;
  readonly moved: number;
  readonly cancelled: number;
  readonly refunded: number;
}

export interface Ledger {
  readonly sold: readonly LedgerRow[];
  readonly services: readonly LedgerRow[];
}

type Counted = Exclude<keyof LedgerRow, 'name' | 'sums'>;

const OF: Readonly<Record<string, readonly [Counted, 1 | -1]>> = {
  'OrderChange PAID': ['paid', 1],
  'OrderChange REFUNDED': ['refunded', 1],
  'OrderCancellation ': ['cancelled', 1],
  'TicketChange ADDED': ['tickets', 1],
  'TicketChange CHECKED_IN': ['checkedIn', 1],
  'TicketChange CHECK_IN_UNDONE': ['checkedIn', -1],
  'TicketCancellation ': ['cancelled', 1],
  'BookingChange CREATED': ['booked', 1],
  'BookingChange REQUESTED': ['booked', 1],
  'BookingChange RESCHEDULED': ['moved', 1],
  'BookingCancellation ': ['cancelled', 1],
};

/** The types of events that the ledger uses. */
export const LEDGER_TYPES = [...new Set(Object.keys(OF).map((name) => name.split(' ')[0]!))];

/** Rows by sold thing and by booked service, the highest first. */
export function ledgerOf(events: readonly DayEvent[]): Ledger {
  const [sold, services] = [new Map<string, LedgerRow>(), new Map<string, LedgerRow>()];
  for (const event of events) {
    const word = event.orderChange ?? event.ticketChange ?? event.bookingChange ?? '';
    const name = event.title ?? event.occasion?.name;
    const [counted, sign] = OF[`${event.__typename} ${word}`] ?? [];
    if (!counted || !sign || !name) continue;
    const rows = event.__typename.startsWith('Booking') ? services : sold;
    const row = rows.get(name) ?? empty(name);
    const sums = counted === 'paid' ? plus(row.sums, [event.value]) : row.sums;
    rows.set(name, { ...row, sums, [counted]: row[counted] + sign });
  }
  const weight = (row: LedgerRow) => row.paid + row.tickets + row.booked;
  const inOrder = (rows: Map<string, LedgerRow>) =>
    [...rows.values()].toSorted((one, other) => weight(other) - weight(one) || one.name.localeCompare(other.name));
  return { sold: inOrder(sold), services: inOrder(services) };
}

function empty(name: string): LedgerRow {
  return { name, paid: 0, sums: new Map(), tickets: 0, checkedIn: 0, booked: 0, moved: 0, cancelled: 0, refunded: 0 };
}
