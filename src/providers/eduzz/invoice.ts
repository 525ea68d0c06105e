import { z } from 'zod';
import { id, secondary, secondaryList } from '../fields.ts';
import type { EduzzAbout } from './about.ts';
import {
  count,
  instant,
  money,
  moneyFields,
  named,
  phone,
  producer,
  secondaryId,
  text,
  toMoney,
  word,
} from './payload.ts';
import { toPerson } from './people.ts';

const coupon = secondary(z.object({ id: secondaryId, discount: money }));

const item = z.object({
  productId: secondaryId,
  name: text,
  // One official sample has the coupon inside the price.
  price: secondary(z.object({ ...moneyFields, coupon })),
  billingType: text,
  skuReference: text,
  coupon,
  refundPeriod: secondary(z.object({ durationType: z.string(), value: count })),
});

const party = z.object({
  id: secondaryId,
  name: named,
  email: named,
  phone,
  phone2: phone,
  cellphone: phone,
  address: z.unknown().optional(),
  // A CPF or CNPJ. It is recognized and never published.
  document: z.unknown().optional(),
});

type Item = z.output<typeof item>;
type Party = z.output<typeof party>;

/** What every event of a MyEduzz invoice may say. */
export const invoice = z.object({
  id,
  status: text,
  buyer: party.nullish(),
  producer,
  offer: secondary(z.object({ name: text })),
  utm: z.unknown().optional(),
  tracker: z.unknown().optional(),
  createdAt: instant,
  dueDate: instant,
  price: money,
  orderBump: secondary(z.object({ mainSaleId: secondaryId })),
  installments: count,
  items: secondaryList(item),
  totalItems: count,
  paymentMethod: text,
  payment: secondary(z.object({ method: text })),
  contract: secondary(z.object({ id: secondaryId })),
});

/** What the events that tell of money say besides. */
export const settled = invoice.extend({
  student: secondary(party),
  paid: money,
  paidAt: instant,
  transaction: secondary(z.object({ id: secondaryId })),
  refund: secondary(
    z.object({
      type: text,
      currency: secondary(moneyFields.currency),
      value: secondary(moneyFields.value),
      createdAt: instant,
      refundedAt: instant,
      reason: text,
      refundBy: text,
    }),
  ),
  refundedAt: instant,
  chargeback: secondary(z.object({ status: text, createdAt: instant, limitDate: instant, finishedAt: instant })),
  startRecoveringAt: instant,
  bankSlipInstallment: secondary(z.object({ installmentNumber: count, totalInstallments: count })),
  affiliate: secondary(z.object({ id: secondaryId, name: text, email: text })),
  gains: secondary(z.object({ producer: money, coproducer: money, affiliate: money })),
  fees: secondary(z.object({ eduzz: money, recovery: money, alumy: money, total: money })),
});

/** In 2024 an invoice did not name its producer. */
export const settledIn2024 = settled.extend({ status: word, producer: producer.nullish() });

type Of2024<T> = Omit<T, 'producer' | 'status'> & {
  readonly status?: string | null | undefined;
  readonly producer?: z.output<typeof producer> | null | undefined;
};
export type Invoice = Of2024<z.output<typeof invoice>>;
export type Settled = Of2024<z.output<typeof settled>>;

export function toOrder(data: Invoice, { sentAt }: EduzzAbout) {
  const { buyer, producer, items } = data;
  const names = items.flatMap(({ name }) => name ?? []);
  return {
    title: names.length > 0 ? names.join(', ') : (data.offer?.name ?? null),
    quantity: data.totalItems ?? (items.length || null),
    status: data.status ?? null,
    orderId: data.id,
    items: items.map(toItem),
    total: data.price,
    paymentMethod: data.paymentMethod ?? data.payment?.method ?? null,
    installments: data.installments,
    parentSubscriptionId: data.contract?.id ?? null,
    mainOrderId: data.orderBump?.mainSaleId ?? null,
    offerName: data.offer?.name ?? null,
    createdAt: data.createdAt,
    dueAt: data.dueDate,
    sentAt,
    customer: toParty(buyer),
    customerAddress: buyer?.address,
    producerEmail: producer?.email ?? null,
    utm: data.utm,
    tracker: data.tracker,
  };
}

export function toParty(party: Party | null | undefined) {
  return toPerson(party && { ...party, phone: party.phone ?? party.cellphone ?? party.phone2 });
}

function toItem({ productId, name, price, billingType, skuReference, refundPeriod, ...item }: Item) {
  const coupon = item.coupon ?? price?.coupon;
  return {
    productId,
    name,
    price: price && toMoney(price),
    billingType,
    sku: skuReference,
    couponId: coupon?.id,
    discount: coupon?.discount,
    refundPeriod: refundPeriod && { unit: refundPeriod.durationType, count: refundPeriod.value },
  };
}
