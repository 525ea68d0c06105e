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
    OPENED: 'It was made, and is not paid.',
    SCHEDULED: 'It is to be charged on a later day.',
    AWAITING_PAYMENT: 'The customer has been told how to pay, and has not paid yet.',
    PAID: 'It was paid.',
    PAYMENT_FAILED: 'A payment was tried, and failed.',
    AWAITING_REFUND: 'The money is to go back, and has not gone back yet.',
    REFUNDED: 'The money went back.',
    CHARGED_BACK: 'The customer had the bank take the money back, or tries to: `chargeback.status` says how far it is.',
    RECOVERING: 'It was not paid in time, and the customer is reminded of it.',
    EXPIRED: 'It was not paid in time, and can be paid no more.',
    NEGOTIATED: 'Another way to pay was agreed upon.',
  },
  'What became of an order.',
);

const refund = objectType('OrderRefund', 'Money that goes back to the customer.', {
  type: open(text).nullable().describe('In the provider’s words, such as `common`.'),
  amount: money.nullable(),
  requestedAt: instant.nullable(),
  refundedAt: instant.nullable(),
  reason: text.nullable().describe('Free text. Personal.'),
  refundedBy: text.nullable().describe('Who did it, by name. Personal.'),
});

const chargeback = objectType('OrderChargeback', 'That a customer had the bank take the money back.', {
  status: open(text).nullable().describe('In the provider’s words, such as `pendingDocuments`.'),
  createdAt: instant.nullable(),
  respondBy: instant.nullable().describe('Until when it can be contested.'),
  finishedAt: instant.nullable(),
});

const affiliate = objectType('OrderAffiliate', 'Who brought the customer, and gets a commission.', {
  affiliateId: id.nullable(),
  name: text.nullable().describe('Personal.'),
  email: text.nullable().describe('Personal.'),
});

const installment = objectType('OrderInstallment', 'Which of several payments an order is.', {
  number: whole.nullable(),
  count: whole.nullable(),
});

const part = objectType('OrderPart', 'A part of what an order brought.', {
  of: open(text).describe('Whose or what it is, in the provider’s words: `producer`, `affiliate`; `eduzz`, `total`.'),
  amount: money,
});

/** Anything that happened to an order and did not cancel it. */
export const OrderChange = eventType('OrderChange', {
  description:
    'An order was made, paid, refunded or charged back, or came closer to it: Eduzz, `myeduzz.invoice_…` but for ' +
    '`_canceled`; Stripe, `invoice.paid`, `invoice.payment_failed`, `charge.refunded` and `charge.dispute.created`.',
  implements: [OrderEvent],
  fields: z.object({
    ...OrderEvent.shape,
    orderChange: orderChangeKind,
    value: money
      .nullable()
      .describe(
        'What the event is about: what was paid, goes back or was charged back; otherwise the total. `activity` sums it.',
      ),
    paid: money.nullable().describe('What has been paid.'),
    paidAt: instant.nullable(),
    transactionId: id.nullable().describe('The payment at the provider.'),
    refund: refund.nullable(),
    chargeback: chargeback.nullable().describe('Providers may say it with every later event of the order.'),
    recoveringSince: instant.nullable().describe('Since when the customer is reminded.'),
    installment: installment.nullable().describe('Where each payment is an order of its own.'),
    affiliate: affiliate.nullable(),
    recipient: person.nullable().describe('Who gets what was ordered, where the provider says so. Personal.'),
    shares: listOf(part).describe('Who gets which part of the price. Providers say it once it is settled.'),
    fees: listOf(part).describe('What the provider keeps. Providers say it once it is settled.'),
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
