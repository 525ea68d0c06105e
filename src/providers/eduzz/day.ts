import { type DayEvent, type SampleDay, idOf, personOf, shareOf } from '../day.ts';
import {
  DAY,
  type Offer,
  type Sale,
  contact,
  later,
  money,
  order,
  orderIdOf,
  paidAt,
  said,
  seed,
  ticket,
  totalOf,
} from './day-payloads.ts';
import { producer } from './sample-people.ts';

const OFFERS = [
  { id: '5b0e7a44-31c9-4d0b-8f6e-70c2a9d415e3', name: 'Noite de Choro', hall: 'Plateia', price: 90 },
  { id: '1d2f7c80-6a15-4b93-9c0e-2f4b8a6d5e71', name: 'Roda de Samba na Laje', hall: 'Pista', price: 45 },
  { id: 'e84b1a36-9d27-4c58-a1f0-7b3c5d9e2f64', name: 'Festival de Inverno', hall: 'Camarote', price: 240 },
  { id: 'C10', name: 'Choro para iniciantes', hall: null, price: 297 },
  { id: 'C22', name: 'Oficina de cavaquinho', hall: null, price: 149.9 },
] as const;
/** The index in `OFFERS` of each sale. Shows sell more than courses. */
const SOLD = [0, 1, 0, 3, 2, 1, 0, 4, 1, 0, 3] as const;
const PAID_BY = ['pix', 'creditCard', 'pix', 'bankslip'] as const;
const SALES = 24;

/** A day of an organizer: tickets and courses sold, people at the door, refunds, a chargeback, abandoned carts. */
export function eduzzDay(day: SampleDay): DayEvent[] {
  const sales = salesOf(day);
  const shows = sales.filter(({ offer }) => offer.hall !== null);
  const [spoilt, lost] = [shows.slice(1, 4), sales.filter(({ offer }) => offer.hall === null)];
  return [
    ...sales.flatMap((sale) => sold(day, sale)),
    ...shows.slice(0, Math.ceil(shows.length * 0.7)).flatMap((sale, index) => checkedIn(day, sale, index)),
    ...spoilt.flatMap((sale, index) => canceled(day, sale, index)),
    ...lost.slice(0, 1).flatMap((sale) => refunded(day, sale, 0.83, 'Comprei sem querer')),
    ...waiting(day),
    ...left(day),
    ...subscribed(day),
    ...learnt(day),
    ...(day.back === 0 ? chargedBack(day) : []),
  ];
}

function salesOf(day: SampleDay): readonly Sale[] {
  const count = Math.round(SALES * day.busy);
  return Array.from({ length: count }, (_, number) => ({
    number,
    orderId: orderIdOf(day, number),
    offer: OFFERS[SOLD[(number + day.back) % SOLD.length]!],
    quantity: number % 4 === 1 ? 2 : 1,
    buyer: personOf(number * 5 + day.back),
    share: shareOf(number, count, 0.04, 0.96),
    paidBy: PAID_BY[number % PAID_BY.length]!,
  }));
}

function sold(day: SampleDay, sale: Sale): DayEvent[] {
  const { offer, quantity, share, number, buyer } = sale;
  const count = offer.hall === null ? 0 : quantity;
  const at = day.moment(share);
  return [
    order(day, 'paid', at, sale, paidAt(sale, at)),
    ...Array.from({ length: count }, (_, seat) =>
      ticket(day, 'added', later(at, 3 + seat), sale, seat, {
        ticket: { name: offer.hall, isPaid: true },
        batch: { contentId: `lote-${number % 2}`, name: `${1 + (number % 2)}º lote`, price: money(offer.price) },
        buyer: contact(buyer),
      }),
    ),
  ];
}

/** Doors open late in the day. */
function checkedIn(day: SampleDay, sale: Sale, index: number): DayEvent[] {
  const at = day.moment(Math.max(sale.share + 0.01, 0.6 + 0.025 * index));
  const entries = index % 5 === 4 ? 1 : sale.quantity;
  return Array.from({ length: entries }, (_, seat) =>
    ticket(day, 'checkin', later(at, seat * 9), sale, seat, {}, { checkInAt: later(at, seat * 9).toISOString() }),
  );
}

/** Canceled tickets: the first is refunded, the second awaits its refund, and nothing is said about the money of the third. */
function canceled(day: SampleDay, sale: Sale, index: number): DayEvent[] {
  const share = Math.max(sale.share + 0.02, 0.3 + 0.2 * index);
  const gone = ticket(day, 'canceled', day.moment(share), sale, 0, {}, { status: 'canceled' });
  if (index === 0) return [gone, ...refunded(day, sale, share + 0.1, 'Não posso ir')];
  if (index === 1)
    return [gone, order(day, 'waiting_refund', day.moment(share + 0.05), sale, paidAt(sale, day.moment(sale.share)))];
  return [gone];
}

function refunded(day: SampleDay, sale: Sale, share: number, reason: string): DayEvent[] {
  const at = day.moment(share);
  return [
    order(day, 'refunded', at, sale, {
      ...paidAt(sale, day.moment(sale.share)),
      refund: {
        type: 'common',
        ...money(totalOf(sale)),
        createdAt: later(at, -600).toISOString(),
        refundedAt: at.toISOString(),
        reason,
        refundBy: producer.name,
      },
    }),
  ];
}

/** Orders that nobody has paid: one is still open, one has expired, and one was canceled. */
function waiting(day: SampleDay): DayEvent[] {
  return (['opened', 'expired', 'canceled'] as const).map((change, index) => {
    const sale = earlier(day, index, OFFERS[(index + 2) % OFFERS.length]!);
    return order(day, change, day.moment(0.2 + 0.27 * index), sale, {});
  });
}

/** A chargeback of an order that is some days old. The organizer has a week to answer. */
function chargedBack(day: SampleDay): DayEvent[] {
  const at = day.moment(0.71);
  const sale = earlier(day, 9, OFFERS[2]);
  return [
    order(day, 'chargeback', at, sale, {
      ...paidAt(sale, later(at, -4 * 24 * 60 * 60)),
      chargeback: {
        status: 'pendingDocuments',
        createdAt: at.toISOString(),
        limitDate: new Date(at.getTime() + 7 * DAY).toISOString(),
        finishedAt: null,
      },
    }),
  ];
}

function left(day: SampleDay): DayEvent[] {
  const count = Math.round(6 * day.busy);
  return Array.from({ length: count }, (_, number) => {
    const at = day.moment(shareOf(number, count, 0.1, 0.97));
    return said(day, 'sun.cart_abandonment', at, `cart ${number}`, {
      transactionId: idOf(day, 'cart', number).replaceAll('-', ''),
      customer: contact(personOf(number * 3 + 4)),
      productId: [OFFERS[number % OFFERS.length]!.id],
      lastStep: number % 2 === 0 ? 'payment-sent' : 'customer-data',
      updatedAt: at.toISOString(),
    });
  });
}

function subscribed(day: SampleDay): DayEvent[] {
  return (['contract_created', 'contract_created', 'contract_updated'] as const).map((name, number) => {
    const at = day.moment(0.24 + 0.23 * number);
    const isOver = name === 'contract_updated';
    return said(day, `myeduzz.${name}`, at, `contract ${number}`, {
      products: [{ id: 'S20', name: 'Clube do Choro', plan: { id: null, name: null }, price: money(49.9) }],
      contract: {
        id: String(seed(day, 'contract', number)),
        payment: { method: 'creditCard' },
        status: isOver ? 'canceled' : 'upToDate',
        createdAt: later(at, isOver ? -90 * 24 * 60 * 60 : 0).toISOString(),
        updatedAt: at.toISOString(),
        recurrence: { finishesAt: '', frequency: { type: 'month', value: 1 }, isFinite: false, price: money(49.9) },
      },
      customer: contact(personOf(number * 4 + 2)),
      financialResponsible: contact(personOf(number * 4 + 2)),
      ...(isOver && { reason: 'cancellation' }),
    });
  });
}

function learnt(day: SampleDay): DayEvent[] {
  return ['enrollment_created', 'lesson_watched', 'lesson_rated'].map((name, number) => {
    const { name: who, email } = personOf(number * 2 + 7);
    const at = day.moment(0.33 + 0.19 * number);
    return said(day, `nutror.${name}`, at, `lesson ${number}`, {
      learner: { name: who, email },
      createdAt: at.toISOString(),
    });
  });
}

/** A sale of another day. */
function earlier(day: SampleDay, number: number, offer: Offer): Sale {
  const buyer = personOf(number + 11);
  return { number, orderId: orderIdOf(day, 500 + number), offer, quantity: 1, buyer, share: 0, paidBy: 'creditCard' };
}
