import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { enumType, id, instant, listOf, objectType, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { money } from './money.ts';
import { OrderEvent } from './order-event.ts';
import { person } from './person.ts';

export const orderChangeKind = enumType(
  'OrderChangeKind',
  {
    OPENED: 'It was made, and is not paid yet.',
    SCHEDULED: 'It is to be charged on a later day.',
    AWAITING_PAYMENT: 'The customer has been told how to pay, and has not paid yet.',
    PAID: 'It was paid.',
    PAYMENT_FAILED: 'A payment was tried, and failed.',
    AWAITING_REFUND: 'A refund was requested, and the money has not gone back yet.',
    REFUNDED: 'The money went back.',
    CHARGED_BACK: 'The customer asked the bank for the money back: `chargeback.status` says how far it is.',
    RECOVERING: 'It was not paid in time, and the customer is reminded of it.',
    EXPIRED: 'It was not paid in time, and can no longer be paid.',
    NEGOTIATED: 'The customer and the seller agreed on another way to pay.',
  },
  'What happened to an order.',
);

const refund = objectType('OrderRefund', 'Money that goes back to the customer.', {
  type: open(text).nullable().describe('In the provider’s words, such as `common`.'),
  amount: money.nullable(),
  requestedAt: instant.nullable(),
  refundedAt: instant.nullable(),
  reason: text.nullable().describe('Free text. Personal.'),
  refundedBy: text.nullable().describe('The name of the person who did it. Personal.'),
});

const chargeback = objectType('OrderChargeback', 'A chargeback: the customer asked the bank for the money back.', {
  status: open(text).nullable().describe('In the provider’s words, such as `pendingDocuments`.'),
  createdAt: instant.nullable(),
  respondBy: instant.nullable().describe('The deadline for contesting the chargeback.'),
  finishedAt: instant.nullable(),
});

const affiliate = objectType('OrderAffiliate', 'The affiliate who referred the customer, and gets a commission.', {
  affiliateId: id.nullable(),
  name: text.nullable().describe('Personal.'),
  email: text.nullable().describe('Personal.'),
});

const installment = objectType('OrderInstallment', 'The installment that an order is.', {
  number: whole.nullable(),
  count: whole.nullable(),
});

const part = objectType('OrderPart', 'A share of an order’s income.', {
  of: open(text).describe('Whose share it is, in the provider’s words: `producer`, `affiliate`, `eduzz`, `total`.'),
  amount: money,
});

/** Anything that happened to an order and did not cancel it. */
export const OrderChange = eventType('OrderChange', {
  description:
    'An order was made, paid, refunded or charged back, or is about to be: Eduzz, `myeduzz.invoice_…` except `_canceled`; Stripe, `invoice.paid`, `invoice.payment_failed`, `charge.refunded` and `charge.dispute.created`.',
  implements: [OrderEvent],
  fields: z.object({
    ...OrderEvent.shape,
    orderChange: orderChangeKind,
    value: money
      .nullable()
      .describe(
        'The amount that the event is about: what was paid, refunded or charged back, otherwise the total. `activity` sums it.',
      ),
    paid: money.nullable().describe('What has been paid.'),
    paidAt: instant.nullable(),
    transactionId: id.nullable().describe('The provider’s id of the payment.'),
    refund: refund.nullable(),
    chargeback: chargeback.nullable().describe('Providers may repeat it in every later event of the order.'),
    recoveringSince: instant.nullable().describe('When the provider began to remind the customer.'),
    installment: installment.nullable().describe('Which installment this order is, if each installment is an order.'),
    affiliate: affiliate.nullable(),
    recipient: person.nullable().describe('The recipient of the order, if the provider says so. Personal.'),
    shares: listOf(part).describe('How the price is shared. Providers send it when it is settled.'),
    fees: listOf(part).describe('The provider’s fee. Providers send it when it is settled.'),
  }),
  happened: 'orderChange',
  amount: 'value',
  implied: ({ orderChange, value, refund, paid, total }) => {
    if (value !== null) return {};
    if (GOES_BACK.has(orderChange)) return { value: refund?.amount ?? paid ?? total };
    return { value: HAS_COME.has(orderChange) ? (paid ?? total) : total };
  },
  subject: ({ orderId }) => orderId && `order/${orderId}`,
});

type OrderChangeKind = z.output<typeof orderChangeKind>;
const GOES_BACK: ReadonlySet<OrderChangeKind> = new Set(['AWAITING_REFUND', 'REFUNDED']);
const HAS_COME: ReadonlySet<OrderChangeKind> = new Set(['PAID', 'CHARGED_BACK']);
