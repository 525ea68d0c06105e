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

/** Words that only announce or undo the happening that they are sorted with, so that its name would be untrue. */
const UNTRUE: ReadonlySet<string> = new Set(['AWAITING_REFUND', 'CHECK_IN_UNDONE']);

/** Whether an event with this word is called by the word, and not by the happening that it is sorted with. */
export function hasOwnName(word: string | null | undefined): boolean {
  return word !== null && word !== undefined && UNTRUE.has(word);
}

export function happeningOf(typename: string, happened: string | null | undefined): Happening {
  const name = Object.hasOwn(SORTS, typename) ? typename : `${typename} ${happened}`;
  return Object.hasOwn(SORTS, name) ? SORTS[name]! : 'other';
}

export interface Told {
  readonly typenames: readonly string[];
  /** The words of these types for the happening. Missing if all events of these types tell of it. */
  readonly happened?: readonly string[];
}

/**
 * The filter of the events that tell of a happening. No type has a word that is listed here for another type's sake: each of its words
 * either means this happening or is unknown to it.
 */
export function toldBy(happening: Exclude<Happening, 'other'>): Told {
  const names = Object.keys(SORTS).filter((name) => SORTS[name] === happening);
  const [typenames, happened] = [0, 1].map((part) => [
    ...new Set(names.flatMap((name) => name.split(' ')[part] ?? [])),
  ]);
  return { typenames: typenames!, ...(happened!.length > 0 && { happened: happened! }) };
}
