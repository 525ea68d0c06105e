import { worthOf } from '../events/worth.ts';

/** The members of `data` in version 7 that version 8 keeps in columns of their own, by the type of the event. */
const MEMBERS: Readonly<Record<string, { readonly happened?: string; readonly amount?: string }>> = {
  TicketChange: { happened: 'ticketChange' },
  BookingChange: { happened: 'bookingChange' },
  OrderCancellation: { amount: 'total' },
  SubscriptionCancellation: { amount: 'price' },
  SubscriptionChange: { happened: 'subscriptionChange' },
};
/** The types of version 7 that are counted by more than their name. */
export const COUNTED_TYPES = Object.keys(MEMBERS);

/** The values by which version 8 counts an event of version 7: what happened, the units of its amount, and their currency. */
export type CountedBy = readonly [happened: string | null, amount: number | null, currency: string | null];

export function countedIn(shape: string, isCancellation: boolean, json: string): CountedBy {
  const { happened, amount } = MEMBERS[shape] ?? {};
  const data = membersOf(json);
  // Before types were declared, what happened was called `change` in all of them.
  const word = happened === undefined ? null : (data[happened] ?? data['change']);
  const worth = amount === undefined ? null : worthIn(data[amount]);
  return [
    typeof word === 'string' ? word : isCancellation ? (data['isScheduled'] === true ? 'SCHEDULED' : 'CANCELED') : null,
    worth?.units ?? null,
    worth?.currency ?? null,
  ];
}

function worthIn(money: unknown) {
  const { amount, currency } = (money ?? {}) as Readonly<Record<string, unknown>>;
  return typeof amount === 'string' && typeof currency === 'string' ? worthOf({ amount, currency }) : null;
}

/** Data that can't be parsed has no members here. The error is given when the event is read. */
function membersOf(json: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(json) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
