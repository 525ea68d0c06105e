import type { ActorType } from '../../events/cancellation.ts';
import type { Instant } from '../../events/instant.ts';
import type { Person } from '../../events/person.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import type { Introduction } from '../about.ts';
import { type Said, said } from '../../declaration/event-type.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { id, optionalSeconds } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import type { JsonObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { moneyOf } from './amount.ts';
import { type SubscriptionDeleted, customer, envelope, related, snapshot, subscriptionDeleted } from './payload.ts';
import { stripeSamples } from './samples.ts';

/** What Stripe itself does when nobody has asked for it. */
const BY_ITSELF = new Set(['payment_failed', 'payment_disputed', 'canceled_by_retention_policy']);

/** Names that a subject can be made of. */
const PLAIN = /^[\w.-]{1,128}$/;

/**
 * Stripe: `stripe-signature` is `t=<seconds>,v1=<hex>`, with one `v1` for each secret while one is being rolled. As in
 * Stripe's own library, older than five minutes is refused and ahead of time is not; `v0` and other schemes don't count.
 *
 * @param options `secrets` are of the endpoints, `whsec_…` as a whole, the newest first.
 */
export function stripe(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('stripe', options?.secrets, { least: LEAST_KNOWN });
  return defineProvider({
    name: 'stripe',
    verify: hmac({ secrets, header: 'stripe-signature', encoding: 'hex', timestamp: { past: 300, future: null } }),
    about,
    events: { 'customer.subscription.deleted': event(subscriptionDeleted, subscriptionCancellation) },
    samples: stripeSamples,
  });
}

function about({ payload }: Verified): Introduction | Unnormalised {
  const parsed = envelope.safeParse(payload);
  if (!parsed.success) return unfit(parsed.error, { account: accountIn(payload) });
  const { id: eventId, type, account, context, created, data, related_object: named } = parsed.data;
  const whole = snapshot.safeParse(data).data?.object;
  const thin = related.safeParse(named).data;
  return {
    type,
    eventId,
    // An endpoint's own account is not named in its events.
    account: account ?? context,
    subject: whole ? subjectOf(whole.object, whole.id) : subjectOf(thin?.type.split('.').at(-1), thin?.id),
    occurredAt: instantOf(created),
    people: whole ? peopleOf(whole.object === 'customer' ? whole.id : whole.customer) : [],
  };
}

/** Also of an event that doesn't fit. */
function accountIn(payload: JsonObject): string | null {
  return id.safeParse(payload['account'] ?? payload['context']).data ?? null;
}

function subscriptionCancellation({ livemode, created, data: { object: subscription } }: SubscriptionDeleted): Said {
  const { cancellation_details: why, canceled_at: canceledAt, items } = subscription;
  // Of several items, none speaks for the whole.
  const only = items?.data.length === 1 ? items.data[0] : null;
  const recurring = only?.price?.recurring;
  return said(
    SubscriptionCancellation,
    {
      subscriptionId: subscription.id,
      title: only?.price?.nickname ?? null,
      canceledBy: { type: actorOf(why?.reason) },
      cause: why?.reason ?? null,
      feedback: why?.feedback ?? null,
      reason: why?.comment ?? null,
      quantity: only?.quantity ?? null,
      status: subscription.status ?? null,
      startsAt: subscription.start_date ?? null,
      endsAt: subscription.ended_at ?? null,
      products: (items?.data ?? []).map(({ price }) => ({
        productId: price?.product?.id ?? null,
        name: price?.product?.name ?? null,
      })),
      price: moneyOf(only?.price),
      interval: recurring?.interval ? { unit: recurring.interval, count: recurring.interval_count ?? 1 } : null,
      createdAt: subscription.created ?? null,
      canceledAt: canceledAt ?? null,
      sentAt: created ?? null,
      isLive: livemode ?? null,
      customer: peopleOf(subscription.customer)[0],
    },
    { subject: `subscription/${subscription.id}`, occurredAt: canceledAt ?? null },
  );
}

/** `cancellation_requested` is true of the customer's portal and of the business's own dashboard. */
function actorOf(reason: string | null | undefined): ActorType {
  return reason && BY_ITSELF.has(reason) ? 'APP' : 'UNKNOWN';
}

function subjectOf(kind: string | null | undefined, id: string | null | undefined): string | null {
  return kind && id && PLAIN.test(kind) && PLAIN.test(id) ? `${kind}/${id}` : null;
}

function peopleOf(value: unknown): Person[] {
  const { id, name, email, phone } = customer.safeParse(value).data ?? {};
  return id ? [{ name: name ?? null, email: email ?? null, phone: phone ?? null, externalId: id }] : [];
}

/** Seconds in events, a date in thin ones. */
function instantOf(created: unknown): Instant | null {
  if (typeof created === 'string') return parseInstant(created);
  return optionalSeconds.safeParse(created).data ?? null;
}
