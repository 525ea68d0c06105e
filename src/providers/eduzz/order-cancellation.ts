import { z } from 'zod';
import { id, secondary, secondaryList } from '../fields.ts';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { count, delivery, instant, money, named, phone, producer, secondaryId, text, word } from './payload.ts';
import { toPerson } from './people.ts';

const item = z.object({ productId: secondaryId, name: text, price: money, billingType: text, skuReference: text });

const buyer = z
  .object({
    id: secondaryId,
    name: named,
    email: named,
    phone,
    phone2: phone,
    cellphone: phone,
    address: z.unknown().optional(),
    // A CPF or CNPJ: known, and never published.
    document: z.unknown().optional(),
  })
  .nullish();

const invoice = z.object({
  id,
  status: text,
  buyer,
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
type Invoice = Omit<z.output<typeof invoice>, 'producer'> & {
  readonly producer?: z.output<typeof producer> | null | undefined;
};

/** In 2024 it did not say whose it is. */
const invoiceIn2024 = invoice.extend({ status: word, producer: producer.nullish() });

/** `myeduzz.invoice_canceled`. What is refunded or charged back has been paid, and is no cancellation. */
export const orderCancellation = event(delivery(invoice), ({ data }, about: EduzzAbout) => cancellation(data, about));

/**
 * `myeduzz.invoice_updated`: in 2024 the one event for whatever became of an order.
 * https://github.com/eduzz/eduzz-webhook-docs/blob/main/events/myeduzz/invoice_updated.md
 */
export const orderUpdate = event(delivery(invoiceIn2024), ({ data }, about: EduzzAbout): Said => {
  const status = data.status ?? null;
  if (status?.toLowerCase() === 'canceled') return cancellation({ ...data, status }, about);
  return otherEvent(about.people);
});

function cancellation(data: Invoice, { sentAt, people }: EduzzAbout): Said {
  const { buyer, producer, items } = data;
  const names = items.flatMap(({ name }) => name ?? []);
  return said(
    OrderCancellation,
    {
      title: names.length > 0 ? names.join(', ') : (data.offer?.name ?? null),
      quantity: data.totalItems ?? (items.length || null),
      status: data.status,
      orderId: data.id,
      items: items.map(({ skuReference, ...item }) => ({ ...item, sku: skuReference })),
      total: data.price,
      paymentMethod: data.paymentMethod ?? data.payment?.method ?? null,
      installments: data.installments,
      parentSubscriptionId: data.contract?.id ?? null,
      mainOrderId: data.orderBump?.mainSaleId ?? null,
      offerName: data.offer?.name ?? null,
      createdAt: data.createdAt,
      dueAt: data.dueDate,
      sentAt,
      customer: toPerson(buyer && { ...buyer, phone: buyer.phone ?? buyer.cellphone ?? buyer.phone2 }),
      customerAddress: buyer?.address,
      producerEmail: producer?.email ?? null,
      utm: data.utm,
      tracker: data.tracker,
    },
    { people },
  );
}
