/** Kinds of happenings, as people sort them, for every provider and type, whatever word the type has. */
export const HAPPENINGS = [
  'sold',
  'paid',
  'refunded',
  'chargedBack',
  'cancelled',
  'checkedIn',
  'booked',
  'moved',
  'carts',
  'other',
] as const;
export type Happening = (typeof HAPPENINGS)[number];

/** By the name of a type and, if its events tell of several happenings, the word for the happening. */
const SORTS: Readonly<Record<string, Exclude<Happening, 'other'>>> = {
  'TicketChange ADDED': 'sold',
  'SubscriptionChange CREATED': 'sold',
  'OrderChange PAID': 'paid',
  'SubscriptionChange PAID': 'paid',
  'BookingChange PAID': 'paid',
  'OrderChange REFUNDED': 'refunded',
  'OrderChange AWAITING_REFUND': 'refunded',
  'OrderChange CHARGED_BACK': 'chargedBack',
  TicketCancellation: 'cancelled',
  OrderCancellation: 'cancelled',
  BookingCancellation: 'cancelled',
  SubscriptionCancellation: 'cancelled',
  'TicketChange CHECKED_IN': 'checkedIn',
  'TicketChange CHECK_IN_UNDONE': 'checkedIn',
  'BookingChange CREATED': 'booked',
  'BookingChange REQUESTED': 'booked',
  'BookingChange RESCHEDULED': 'moved',
  CartAbandonment: 'carts',
};

export function happeningOf(typename: string, happened: string | null | undefined): Happening {
  const name = Object.hasOwn(SORTS, typename) ? typename : `${typename} ${happened}`;
  return Object.hasOwn(SORTS, name) ? SORTS[name]! : 'other';
}

/** Whether all events of its types are of this kind. Then a page that asks for the types need not check each event. */
export function isWholeTypes(happening: Happening): boolean {
  return happening !== 'other' && Object.keys(SORTS).every((name) => SORTS[name] !== happening || !name.includes(' '));
}

/** The types whose events may be of this kind. Null if any type may be. */
export function typesOfHappening(happening: Happening): readonly string[] | null {
  if (happening === 'other') return null;
  const names = Object.keys(SORTS).filter((name) => SORTS[name] === happening);
  return [...new Set(names.map((name) => name.split(' ')[0]!))];
}
