import { type DayEvent, type SampleDay, type SamplePerson, idOf, personOf } from '../day.ts';
import type { Sample } from '../sample.ts';
import { eduzzSamples } from './samples.ts';

type Data = Readonly<Record<string, unknown>>;

const SECOND = 1_000;
export const DAY = 24 * 60 * 60 * SECOND;

/** An offer of the organizer. With a `hall` it is a show with tickets, without one it is a course. */
export interface Offer {
  readonly id: string;
  readonly name: string;
  readonly hall: string | null;
  readonly price: number;
}

export interface Sale {
  readonly number: number;
  readonly orderId: string;
  readonly offer: Offer;
  readonly quantity: number;
  readonly buyer: SamplePerson;
  readonly share: number;
  readonly paidBy: string;
}

export function order(day: SampleDay, change: string, at: Date, sale: Sale, more: Data): DayEvent {
  const { offer, orderId, quantity, buyer, paidBy } = sale;
  const status = { waiting_refund: 'waitingRefund', chargeback: 'paid', opened: 'open' }[change] ?? change;
  return said(day, `myeduzz.invoice_${change}`, at, `order ${orderId}`, {
    id: orderId,
    status,
    buyer: { ...contact(buyer), document: '00000000000', cellphone: phoneOf(buyer), phone: undefined },
    offer: { name: offer.name },
    createdAt: later(at, -240).toISOString(),
    dueDate: new Date(at.getTime() + 3 * DAY).toISOString(),
    price: money(totalOf(sale)),
    items: [{ productId: offer.id, name: offer.name, price: money(offer.price), billingType: 'single' }],
    totalItems: quantity,
    checkoutUrl: `https://checkout.example/${orderId}`,
    paymentMethod: paidBy,
    ...more,
  });
}

export function ticket(
  day: SampleDay,
  change: string,
  at: Date,
  sale: Sale,
  seat: number,
  more: Data,
  participant: Data = {},
): DayEvent {
  const { offer, number, buyer } = sale;
  const who = seat === 0 ? buyer : personOf(buyer.number + 3 + seat);
  const person = {
    ...contact(who),
    // The id of the ticket, since somebody may have several.
    id: idOf(day, 'ticket', number * 10 + seat),
    inviteKey: String(seed(day, 'invite', number * 10 + seat)),
    phone: phoneOf(who),
    tags: [],
    customFields: {},
  };
  return said(day, `blinket.attendance_${change}`, at, `ticket ${number}.${seat}`, {
    event: { id: offer.id, name: offer.name, type: 'inPerson' },
    ...more,
    participant: { ...participantOf(change), ...person, ...participant },
    createdAt: at.toISOString(),
  });
}

/** A sample of the event, with this day's data in place of the sample's. */
export function said(day: SampleDay, event: string, at: Date, about: string, data: Data): DayEvent {
  const payload = sampleOf(event)({ id: idOf(day, `${event} ${about}`, 0).replaceAll('-', ''), at });
  return { at, payload: { ...payload, data: { ...(payload['data'] as Data), ...data } } };
}

function participantOf(change: string): Data {
  const { data } = sampleOf(`blinket.attendance_${change}`)() as { data: { participant: Data } };
  return data.participant;
}

/** Some events of orders and of courses have no sample. All events of one family have the same form. */
function sampleOf(event: string): Sample['payload'] {
  const found = eduzzSamples.find((sample) => sample.event === event);
  if (found) return found.payload;
  const family = eduzzSamples.find((sample) => sample.event === 'myeduzz.invoice_opened')!;
  return (fresh) => ({ ...family.payload(fresh), event });
}

export function paidAt(sale: Sale, at: Date): Data {
  return {
    paid: money(totalOf(sale)),
    paidAt: at.toISOString(),
    transaction: { id: `7${sale.orderId}` },
  };
}

export function contact({ name, email, number }: SamplePerson): Data {
  return {
    id: String(770_000 + number),
    name,
    email,
    phone: { countryCode: '55', areaCode: '81', number: `90000${1_000 + number}` },
  };
}

function phoneOf({ number }: SamplePerson): string {
  return `+558190000${1_000 + number}`;
}

export function orderIdOf(day: SampleDay, number: number): string {
  return String(seed(day, 'order', number));
}

/** Eight digits, the same each time for the same day. */
export function seed(day: SampleDay, what: string, number: number): number {
  return 10_000_000 + (Number.parseInt(idOf(day, what, number).slice(0, 8), 16) % 89_999_999);
}

export function totalOf({ offer, quantity }: Sale): number {
  return offer.hall === null ? offer.price : offer.price * quantity;
}

export function money(value: number): Data {
  return { currency: 'BRL', value };
}

export function later(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * SECOND);
}
