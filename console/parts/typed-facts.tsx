import type { ReactNode } from 'react';
import type { Words } from '../words/en.ts';
import type { DetailedCancellation } from './details-document.ts';
import { type Fact, MOST_LISTED, Money, Several, Times, Value, answersOf } from './facts.tsx';

type Of<T extends DetailedCancellation['__typename']> = Extract<DetailedCancellation, { readonly __typename: T }>;

/** What a cancellation says that others than of its type don't. */
export function typedFacts(cancellation: DetailedCancellation, words: Words): readonly Fact[] {
  switch (cancellation.__typename) {
    case 'TicketCancellation':
      return ticketFacts(cancellation, words);
    case 'BookingCancellation':
      return bookingFacts(cancellation, words);
    case 'OrderCancellation':
      return orderFacts(cancellation, words);
    case 'SubscriptionCancellation':
      return subscriptionFacts(cancellation, words);
    default:
      return [];
  }
}

function ticketFacts(ticket: Of<'TicketCancellation'>, { facts, said }: Words): readonly Fact[] {
  return [
    [facts.occasion, ticket.occasion?.name],
    [facts.occasionType, value(ticket.occasion?.type)],
    [facts.ticketName, ticket.ticketName],
    [facts.isPaid, yes(ticket.isPaid, said)],
    [facts.batch, ticket.batch?.name],
    [facts.price, money(ticket.batch?.price)],
    [facts.buyer, joined([ticket.buyer?.name, ticket.buyer?.email, ticket.buyer?.phone])],
    [facts.participantId, ticket.participantId],
    [facts.ticketTags, joined(ticket.ticketTags?.map(({ title }) => title))],
    [facts.manuallyCreated, yes(ticket.manuallyCreated, said)],
    [facts.producer, joined([ticket.producer?.name, ticket.producer?.email])],
    [facts.answers, answersOf(ticket.customFields)],
    [facts.sentAt, time(ticket.sentAt)],
  ];
}

function bookingFacts(
  booking: Of<'BookingCancellation'>,
  { facts, said, actors, duration, every }: Words,
): readonly Fact[] {
  const { slot, schedule, series } = booking;
  const place = slot?.location ?? schedule?.location;
  return [
    [facts.staff, joined([slot?.staff.name, slot?.staff.email])],
    [facts.place, joined([place?.name, place?.address])],
    [facts.allDay, slot?.allDay ? said.yes : null],
    [
      facts.duration,
      slot?.durationCount && slot.durationUnit ? duration(slot.durationCount, slot.durationUnit === 'DAY') : null,
    ],
    [facts.firstSession, time(schedule?.firstSessionStart)],
    [facts.lastSession, time(schedule?.lastSessionEnd)],
    [
      facts.addOns,
      joined(booking.addOns.map(({ name, quantity }) => (quantity && quantity > 1 ? `${name} × ${quantity}` : name))),
    ],
    [facts.multiService, booking.multiService ? said.yes : null],
    [facts.seat, booking.seatId ? said.yes : null],
    [facts.seats, booking.seatsPerSlot],
    [
      facts.series,
      series
        ? typeof series.every === 'number' && series.unit
          ? every(series.every, series.unit.toLowerCase())
          : said.yes
        : null,
    ],
    [facts.price, money(booking.price)],
    [facts.bookingTags, listed(booking.tags)],
    [facts.paymentStatus, value(booking.paymentStatus)],
    [facts.paymentOption, value(booking.selectedPaymentOption)],
    [facts.deposit, yes(booking.depositSelected, said)],
    [facts.feeWaived, yes(booking.waiveCancellationFee, said)],
    [facts.policyIgnored, yes(booking.ignoreCancellationPolicy, said)],
    [facts.doubleBooked, booking.doubleBooked ? said.yes : null],
    [facts.notified, yes(booking.notifyParticipants, said)],
    [facts.channels, listed(booking.notificationChannels)],
    [facts.bookedAt, time(booking.createdAt)],
    [facts.bookedBy, booking.createdBy.type === 'UNKNOWN' ? null : actors[booking.createdBy.type]],
    [facts.updatedAt, time(booking.updatedAt)],
    [facts.address, answersOf(booking.customerAddress)],
    [facts.country, booking.customerCountryCode],
    [facts.customerTimeZone, booking.customerTimeZone],
    [facts.choices, answersOf(booking.participantsChoices)],
    [facts.answers, answersOf(booking.additionalFields)],
    [facts.extended, answersOf(booking.extendedFields)],
    [facts.anonymized, booking.anonymized ? said.yes : null],
  ];
}

function orderFacts(order: Of<'OrderCancellation'>, { facts, andMore }: Words): readonly Fact[] {
  return [
    [
      facts.items,
      order.items.length > 0 ? (
        <ul key="items">
          {order.items.slice(0, MOST_LISTED).map(({ name, sku, billingType, price }, index) => (
            // The same product may be in an order twice, and the order of its items stays.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              {joined([name, sku, billingType])} {price ? <Money {...price} /> : null}
            </li>
          ))}
          {order.items.length > MOST_LISTED ? <li>{andMore(order.items.length - MOST_LISTED)}</li> : null}
        </ul>
      ) : null,
    ],
    [facts.total, money(order.total)],
    [facts.offer, order.offerName],
    [facts.paymentMethod, value(order.paymentMethod)],
    [facts.installments, order.installments],
    [facts.orderedAt, time(order.createdAt)],
    [facts.dueAt, time(order.dueAt)],
    [facts.mainOrder, order.mainOrderId],
    [facts.subscription, order.parentSubscriptionId],
    [facts.producer, order.producerEmail],
    [facts.address, answersOf(order.customerAddress)],
    [facts.tracker, answersOf(order.tracker)],
    [facts.utm, answersOf(order.utm)],
    [facts.sentAt, time(order.sentAt)],
  ];
}

function subscriptionFacts(
  subscription: Of<'SubscriptionCancellation'>,
  { facts, said, every, andMore }: Words,
): readonly Fact[] {
  const { interval, payer, products, feedbackOption } = subscription;
  return [
    [
      facts.products,
      products.length > 1 ? (
        <ul key="products">
          {products.slice(0, MOST_LISTED).map(({ productId, name, quantity, price }, index) => (
            // The same product may be in a subscription twice, and the order of its items stays.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              {joined([name ?? productId, quantity && quantity > 1 ? `× ${quantity}` : null])}{' '}
              {price ? <Money {...price} /> : null}
            </li>
          ))}
          {products.length > MOST_LISTED ? <li>{andMore(products.length - MOST_LISTED)}</li> : null}
        </ul>
      ) : (
        joined(products.map(({ productId, name }) => name ?? productId))
      ),
    ],
    [facts.price, money(subscription.price)],
    [facts.interval, typeof interval?.count === 'number' ? every(interval.count, interval.unit) : null],
    [facts.paymentMethod, value(subscription.paymentMethod)],
    [facts.payer, joined([payer?.name, payer?.email, payer?.phone])],
    [facts.cause, value(subscription.cause)],
    [facts.feedback, value(subscription.feedback)],
    [facts.feedbackOption, feedbackOption?.description ?? feedbackOption?.feedbackOptionId],
    [facts.test, subscription.isLive === false ? said.yes : null],
    [facts.subscribedAt, time(subscription.createdAt)],
    [facts.canceledAt, time(subscription.canceledAt)],
    [facts.updatedAt, time(subscription.updatedAt)],
    [facts.producer, subscription.producerEmail],
    [facts.sentAt, time(subscription.sentAt)],
  ];
}

function joined(values: readonly (string | null | undefined)[] | null | undefined): ReactNode {
  const said = values?.filter(Boolean) ?? [];
  return said.length > 0 ? <Several of={said} /> : null;
}

function listed(values: readonly string[]): ReactNode {
  const words = values.map((one, index) => <Value key={index} of={one} />); // oxlint-disable-line react/no-array-index-key
  return words.length > 0 ? <Several of={words} /> : null;
}

function value(of: string | null | undefined): ReactNode {
  return of ? <Value of={of} /> : null;
}

function yes(is: boolean | null | undefined, { yes, no }: Words['said']): string | null {
  if (is === null || is === undefined) return null;
  return is ? yes : no;
}

function time(at: { readonly instant: string } | null | undefined): ReactNode {
  return at ? <Times at={at.instant} /> : null;
}

function money(price: { readonly amount: string; readonly currency: string } | null | undefined): ReactNode {
  return price ? <Money {...price} /> : null;
}
