import type { z } from 'zod';
import { otherEvent, said } from '../../declaration/event-type.ts';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { SubscriptionChange, type subscriptionChangeKind } from '../../types/subscription-change.ts';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { sharedToken } from '../verify/shared-token.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { type Charged, type Subscribed, anyObject, charged, envelope, subscribed } from './payload.ts';
import { asaasSamples } from './samples.ts';

/**
 * Asaas: `asaas-access-token` is the token that was typed in for the webhook. Asaas signs nothing.
 *
 * @param options `tokens` are the tokens of the webhooks, the newest first.
 */
export function asaas(options: { readonly tokens: Secrets }): Provider {
  const tokens = checkSecrets('asaas', options?.tokens, { member: 'tokens', least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'asaas',
    verify: sharedToken({ header: 'asaas-access-token', tokens }),
    about: (verified) => about(verified, checks),
    events: {
      PAYMENT_CREATED: changed('OPENED'),
      PAYMENT_CONFIRMED: changed('PAID'),
      PAYMENT_RECEIVED: event(charged, (sent) =>
        // A payment by card or bank slip was PAID when it was confirmed. PAYMENT_RECEIVED only says that its money is available now.
        sent.payment.billingType === 'PIX' || sent.payment.status === 'RECEIVED_IN_CASH'
          ? said(OrderChange, { ...orderOf(sent), orderChange: 'PAID' })
          : otherEvent(),
      ),
      PAYMENT_OVERDUE: changed('RECOVERING'),
      PAYMENT_CREDIT_CARD_CAPTURE_REFUSED: changed('PAYMENT_FAILED'),
      PAYMENT_REPROVED_BY_RISK_ANALYSIS: changed('PAYMENT_FAILED'),
      PAYMENT_REFUND_IN_PROGRESS: changed('AWAITING_REFUND'),
      PAYMENT_REFUNDED: changed('REFUNDED'),
      PAYMENT_CHARGEBACK_REQUESTED: changed('CHARGED_BACK'),
      PAYMENT_DELETED: event(charged, OrderCancellation, (sent) => {
        const { paidAt: _paidAt, ...order } = orderOf(sent);
        return order;
      }),
      SUBSCRIPTION_CREATED: renewed('CREATED'),
      SUBSCRIPTION_UPDATED: renewed('UPDATED'),
      SUBSCRIPTION_DELETED: event(subscribed, SubscriptionCancellation, subscriptionOf),
    },
    types: [OrderChange],
    samples: asaasSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error);
  const { id: eventId, event: type } = parsed.data;
  const payment = checks.safeParse(anyObject, payload['payment']).data;
  const subscription = checks.safeParse(anyObject, payload['subscription']).data;
  const customerId = payment?.customer ?? subscription?.customer ?? null;
  return {
    type,
    eventId,
    subject: subjectOf('order', payment?.id) ?? subjectOf('subscription', subscription?.id),
    people: customerId === null ? [] : [{ externalId: customerId }],
  };
}

function changed(orderChange: z.output<typeof orderChangeKind>) {
  return event(charged, OrderChange, (sent) => ({ ...orderOf(sent), orderChange }));
}

function renewed(subscriptionChange: z.output<typeof subscriptionChangeKind>) {
  return event(subscribed, SubscriptionChange, (sent) => ({
    ...subscriptionOf(sent),
    subscriptionChange,
    nextDueAt: sent.subscription.nextDueDate,
  }));
}

/** The description of a charge is free text and may be about a person, so only `raw` has it. */
function orderOf({ payment }: Charged) {
  return {
    orderId: payment.id,
    customer: { externalId: payment.customer },
    status: payment.status,
    total: payment.value,
    paymentMethod: payment.billingType,
    parentSubscriptionId: payment.subscription,
    createdAt: payment.dateCreated,
    dueAt: payment.dueDate,
    paidAt: payment.clientPaymentDate ?? payment.confirmedDate,
  };
}

function subscriptionOf({ subscription }: Subscribed) {
  return {
    subscriptionId: subscription.id,
    customer: { externalId: subscription.customer },
    status: subscription.status,
    price: subscription.value,
    interval: subscription.cycle === null ? null : { unit: subscription.cycle },
    paymentMethod: subscription.billingType,
    createdAt: subscription.dateCreated,
  };
}
