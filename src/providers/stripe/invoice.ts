import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { OrderChange } from '../../types/order-change.ts';
import type { About } from '../about.ts';
import { event } from '../definition.ts';
import { id, secondary, secondaryList } from '../fields.ts';
import { amountOf } from '../coins.ts';
import { around, idOf, product, seconds, text, wholeNumber } from './payload.ts';

const line = z.looseObject({
  /** Sent until 2025-03-31. Since then `parent.type` has it. */
  type: text,
  parent: secondary(z.looseObject({ type: text })),
  description: text,
  amount: wholeNumber,
  price: secondary(z.looseObject({ nickname: text, product })),
  pricing: secondary(z.looseObject({ price_details: secondary(z.looseObject({ product })) })),
});
type Line = z.output<typeof line>;

/** An invoice of Stripe Billing: https://docs.stripe.com/api/invoices/object */
const invoice = z.looseObject({
  id,
  status: text,
  currency: text,
  total: wholeNumber,
  amount_due: wholeNumber,
  amount_paid: wholeNumber,
  customer: idOf,
  customer_name: text,
  customer_email: text,
  customer_phone: text,
  customer_address: z.unknown().optional(),
  created: seconds,
  due_date: seconds,
  status_transitions: secondary(z.looseObject({ paid_at: seconds })),
  subscription: idOf,
  /** Replaces `subscription` since 2025-03-31. */
  parent: secondary(z.looseObject({ subscription_details: secondary(z.looseObject({ subscription: idOf })) })),
  lines: secondary(z.looseObject({ data: secondaryList(line), has_more: secondary(z.boolean()) })),
});

const invoiceEvent = z.looseObject({ ...around, data: z.looseObject({ object: invoice }) });

export const invoiceChanges = {
  'invoice.paid': changed('PAID'),
  'invoice.payment_failed': changed('PAYMENT_FAILED'),
};

function changed(change: 'PAID' | 'PAYMENT_FAILED') {
  return event(invoiceEvent, ({ created, livemode, data: { object: sent } }, { subject }: About) => {
    const { currency, lines } = sent;
    const items = lines?.data ?? [];
    const names = items.flatMap((item) => nameOf(item) ?? []);
    const paidAt = sent.status_transitions?.paid_at ?? null;
    return said(
      OrderChange,
      {
        orderChange: change,
        orderId: sent.id,
        title: [...new Set(names)].join(', ') || null,
        // If there are more than ten lines, the others are on a page that the webhook lacks.
        quantity: lines?.has_more ? null : items.length || null,
        status: sent.status,
        items: items.map((item) => ({
          productId: productOf(item)?.id,
          name: nameOf(item),
          price: amountOf(item.amount, currency),
        })),
        total: amountOf(sent.total, currency),
        value: amountOf(change === 'PAID' ? sent.amount_paid : sent.amount_due, currency),
        paid: amountOf(sent.amount_paid, currency),
        paidAt,
        parentSubscriptionId: sent.subscription ?? sent.parent?.subscription_details?.subscription,
        createdAt: sent.created,
        dueAt: sent.due_date,
        sentAt: created,
        isLive: livemode,
        customer: {
          name: sent.customer_name,
          email: sent.customer_email,
          phone: sent.customer_phone,
          externalId: sent.customer,
        },
        customerAddress: sent.customer_address,
      },
      {
        subject: `order/${sent.id}`,
        formerSubject: subject,
        occurredAt: change === 'PAID' ? paidAt : null,
      },
    );
  });
}

function productOf({ price, pricing }: Line) {
  return price?.product ?? pricing?.price_details?.product ?? null;
}

/** Stripe itself writes the description of a subscription's line. Any other description was typed by somebody and may be about a person. */
function nameOf(line: Line): string | null {
  const ofSubscription = line.type === 'subscription' || line.parent?.type === 'subscription_item_details';
  return line.price?.nickname || productOf(line)?.name || (ofSubscription ? line.description : null);
}
