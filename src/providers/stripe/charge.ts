import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { OrderChange } from '../../types/order-change.ts';
import type { About } from '../about.ts';
import { event } from '../definition.ts';
import { id, secondary } from '../fields.ts';
import { amountOf } from '../coins.ts';
import { around, idOf, seconds, text, wholeNumber } from './payload.ts';

/** https://docs.stripe.com/api/charges/object */
const charge = z.looseObject({
  id,
  status: text,
  currency: text,
  amount: wholeNumber,
  amount_refunded: wholeNumber,
  created: seconds,
  customer: idOf,
  billing_details: secondary(z.looseObject({ name: text, email: text, phone: text, address: z.unknown().optional() })),
  /** Sent until 2025-03-31. */
  invoice: idOf,
  payment_intent: idOf,
  payment_method_details: secondary(z.looseObject({ type: text })),
});

/** https://docs.stripe.com/api/disputes/object */
const dispute = z.looseObject({
  id,
  status: text,
  currency: text,
  amount: wholeNumber,
  charge: idOf,
  payment_intent: idOf,
  created: seconds,
  evidence_details: secondary(z.looseObject({ due_by: seconds })),
});

const chargeRefunded = z.looseObject({
  ...around,
  data: z.looseObject({
    object: charge,
    previous_attributes: secondary(z.looseObject({ amount_refunded: wholeNumber })),
  }),
});

const chargeDisputed = z.looseObject({ ...around, data: z.looseObject({ object: dispute }) });

export const chargeChanges = {
  'charge.refunded': event(chargeRefunded, ({ created, livemode, data }, { subject }: About) => {
    const { object: sent, previous_attributes: before } = data;
    const { currency, billing_details: billed } = sent;
    const orderId = sent.invoice ?? sent.payment_intent ?? sent.id;
    // Each of several refunds is an event, but the charge only has the sum of all refunds so far.
    const refunded = sent.amount_refunded === null ? null : sent.amount_refunded - (before?.amount_refunded ?? 0);
    const amount = amountOf(refunded, currency);
    return said(
      OrderChange,
      {
        orderChange: 'REFUNDED',
        orderId,
        status: sent.status,
        total: amountOf(sent.amount, currency),
        paid: amountOf(sent.amount, currency),
        paymentMethod: sent.payment_method_details?.type,
        transactionId: sent.id,
        refund: { amount, refundedAt: created },
        createdAt: sent.created,
        sentAt: created,
        isLive: livemode,
        customer: {
          name: billed?.name,
          email: billed?.email,
          phone: billed?.phone,
          externalId: sent.customer,
        },
        customerAddress: billed?.address,
      },
      { subject: `order/${orderId}`, formerSubject: subject },
    );
  }),
  'charge.dispute.created': event(chargeDisputed, ({ created, livemode, data }, { subject }: About) => {
    const { object: sent } = data;
    const orderId = sent.payment_intent ?? sent.charge ?? sent.id;
    return said(
      OrderChange,
      {
        orderChange: 'CHARGED_BACK',
        orderId,
        status: sent.status,
        value: amountOf(sent.amount, sent.currency),
        transactionId: sent.charge,
        chargeback: { status: sent.status, createdAt: sent.created, respondBy: sent.evidence_details?.due_by },
        sentAt: created,
        isLive: livemode,
      },
      { subject: `order/${orderId}`, formerSubject: subject },
    );
  }),
};
