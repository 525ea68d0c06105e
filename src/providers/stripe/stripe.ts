import type { Instant } from '../../events/instant.ts';
import type { Introduction } from '../about.ts';
import { OrderChange } from '../../types/order-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { SubscriptionChange } from '../../types/subscription-change.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { id, optionalSeconds } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import type { JsonObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { chargeChanges } from './charge.ts';
import { invoiceChanges } from './invoice.ts';
import { envelope, related, snapshot } from './payload.ts';
import { type StripeApi, reconcileStripe } from './reconcile.ts';
import { stripeSamples } from './samples.ts';
import { deleted } from './subscription-cancellation.ts';
import { peopleOf } from './subscription.ts';
import { updated } from './subscription-update.ts';

/**
 * Stripe: `stripe-signature` is `t=<seconds>,v1=<hex>`. While a secret is being rolled, there is one `v1` for each secret. As in Stripe's
 * own library, a delivery older than five minutes is refused, but a time in the future is not. `v0` and other schemes don't count.
 *
 * @param options `secrets` are the secrets of the endpoints, the whole `whsec_…`, the newest first. With `api`, hookcast looks in Stripe's
 *   API for what webhooks have missed.
 */
export function stripe(options: { readonly secrets: Secrets; readonly api?: StripeApi }): Provider {
  const secrets = checkSecrets('stripe', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  const events = {
    'customer.subscription.deleted': deleted,
    'customer.subscription.updated': updated,
    ...invoiceChanges,
    ...chargeChanges,
  };
  return defineProvider({
    name: 'stripe',
    verify: hmac({ secrets, header: 'stripe-signature', encoding: 'hex', timestamp: { past: 300, future: null } }),
    about: (verified) => about(verified, checks),
    events,
    ...(options.api && { reconcile: reconcileStripe(options.api, Object.keys(events)) }),
    types: [SubscriptionCancellation, SubscriptionChange, OrderChange],
    samples: stripeSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error, { account: accountIn(payload) });
  const { id: eventId, type, account, context, created, data, related_object: named } = parsed.data;
  const whole = checks.safeParse(snapshot, data).data?.object;
  const thin = checks.safeParse(related, named).data;
  const occurredAt = instantOf(created);
  return {
    type,
    eventId,
    // Events of the endpoint's own account don't name the account.
    account: account ?? context,
    subject: whole ? subjectOf(whole.object, whole.id) : subjectOf(thin?.type.split('.').at(-1), thin?.id),
    occurredAt,
    version: whole?.object === 'subscription' ? versionOf(type, whole.ended_at ?? null, occurredAt) : null,
    people: whole ? peopleOf(whole.object === 'customer' ? whole.id : whole.customer) : [],
  };
}

/** Also reads the account of an event that doesn't fit. */
function accountIn(payload: JsonObject): string | null {
  return id.safeParse(payload['account'] ?? payload['context']).data ?? null;
}

/**
 * Orders the states of a subscription, since Stripe delivers in any order. A state that goes on is older than one that has ended, even if
 * the clocks disagree. Of two states in the same second, neither supersedes the other.
 */
function versionOf(type: string, endedAt: Instant | null, created: Instant | null): string | null {
  if (created === null || created.at < 0) return null;
  const hasEnded = type === 'customer.subscription.deleted' || endedAt !== null;
  return `s${hasEnded ? 1 : 0}${String(created.at).padStart(15, '0')}`;
}

/** Events have seconds, thin events have a date. */
function instantOf(created: unknown): Instant | null {
  if (typeof created === 'string') return parseInstant(created);
  return optionalSeconds.safeParse(created).data ?? null;
}
