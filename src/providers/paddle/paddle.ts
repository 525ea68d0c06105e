import type { z } from 'zod';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { OrderChange } from '../../types/order-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { SubscriptionChange } from '../../types/subscription-change.ts';
import type { Instant } from '../../events/instant.ts';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { body, time } from '../verify/template.ts';
import { adjustmentState } from './adjustment.ts';
import { adjusted, anyObject, envelope, subscribed, transacted } from './payload.ts';
import { paddleSamples } from './samples.ts';
import { subscriptionCanceled, subscriptionOf, subscriptionUpdated } from './subscription.ts';
import { changed, transactionOf } from './transaction.ts';

/** In seconds. Paddle's own library has five, which a wrong clock or a stall soon exceeds. A replay is a `duplicate` in any case. */
const TOLERANCE = 300;

/**
 * Paddle Billing: `paddle-signature` is `ts=<seconds>;h1=<hex>`, the HMAC-SHA256 of the time, a colon and the raw body. While one secret
 * replaces another, there is one `h1` for each.
 *
 * @param options `secrets` are the secret keys of the notification destinations, the newest first.
 */
export function paddle(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('paddle', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'paddle',
    verify: hmac({
      secrets,
      header: 'paddle-signature',
      encoding: 'hex',
      separator: ';',
      signed: [time, ':', body],
      timestamp: { name: 'ts', scheme: 'h1', past: TOLERANCE, future: TOLERANCE },
    }),
    about: (verified) => about(verified, checks),
    events: {
      'subscription.created': event(subscribed, SubscriptionChange, ({ data }) => ({
        ...subscriptionOf(data),
        subscriptionChange: 'CREATED',
        nextDueAt: data.next_billed_at,
      })),
      'subscription.updated': event(subscribed, subscriptionUpdated),
      'subscription.canceled': event(subscribed, subscriptionCanceled),
      'transaction.created': changed('OPENED'),
      'transaction.billed': changed('AWAITING_PAYMENT'),
      'transaction.completed': changed('PAID'),
      'transaction.payment_failed': changed('PAYMENT_FAILED'),
      'transaction.past_due': changed('RECOVERING'),
      'transaction.canceled': event(transacted, OrderCancellation, ({ data }) => ({
        ...transactionOf(data),
        refundExpected: false,
      })),
      'adjustment.created': event(adjusted, adjustmentState('created')),
      'adjustment.updated': event(adjusted, adjustmentState('updated')),
    },
    types: [OrderChange, SubscriptionCancellation],
    samples: paddleSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error);
  const { event_id: eventId, event_type: type, occurred_at: occurredAt } = parsed.data;
  const object = checks.safeParse(anyObject, payload['data']).data ?? null;
  const [kind = ''] = type.split('.', 1);
  return {
    type,
    eventId,
    occurredAt,
    subject: object && aboutOf(kind, object),
    version: kind === 'subscription' && object ? versionOf(object.updated_at) : null,
    people: object
      ? [{ email: object.email, externalId: object.customer_id ?? (kind === 'customer' ? object.id : null) }]
      : [],
  };
}

/** The subject. A refund or chargeback is about its transaction. A new subscription also names its transaction, but is about itself. */
function aboutOf(kind: string, { id, transaction_id: transaction }: z.output<typeof anyObject>): string | null {
  if (kind === 'adjustment') return subjectOf('order', transaction);
  return subjectOf(kind === 'transaction' ? 'order' : kind, id);
}

/** Orders the states of a subscription, since Paddle delivers in any order. */
function versionOf(updatedAt: Instant | null): string | null {
  return updatedAt === null || updatedAt.at < 0 ? null : `u${String(updatedAt.at).padStart(15, '0')}`;
}
