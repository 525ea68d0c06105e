import { z } from 'zod';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { SubscriptionChange } from '../../types/subscription-change.ts';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { amountOf } from '../coins.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { id } from '../fields.ts';
import type { NamedHeaders } from '../kept-headers.ts';
import { isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { type Purchased, type Sponsored, purchased, sponsored } from './payload.ts';
import { githubSamples } from './samples.ts';

const LOGIN = /^[\w-]{1,128}$/;

/**
 * GitHub: `x-hub-signature-256` is `sha256=<hex>`, the HMAC-SHA256 of the raw body. No time is signed, nor the headers that have the
 * event's name and id.
 *
 * @param options `secrets` are as they were typed in for the webhooks, the newest first.
 */
export function github(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('github', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'github',
    verify: hmac({ secrets, header: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=' }),
    headers: ['x-github-event', 'x-github-delivery'],
    about: (verified) => about(verified, checks),
    events: {
      'sponsorship.cancelled': event(sponsored, SubscriptionCancellation, sponsorshipOf),
      'sponsorship.pending_cancellation': event(sponsored, SubscriptionCancellation, (sent) => ({
        ...sponsorshipOf(sent),
        isScheduled: true,
        endsAt: sent.effective_date,
      })),
      'sponsorship.created': event(sponsored, SubscriptionChange, (sent) => ({
        ...sponsorshipOf(sent),
        subscriptionChange: 'CREATED',
      })),
      'marketplace_purchase.cancelled': event(purchased, SubscriptionCancellation, (sent) => ({
        ...purchaseOf(sent),
        endsAt: sent.effective_date,
      })),
      'marketplace_purchase.purchased': event(purchased, SubscriptionChange, (sent) => ({
        ...purchaseOf(sent),
        subscriptionChange: 'CREATED',
        nextDueAt: sent.marketplace_purchase.next_billing_date,
      })),
    },
    samples: githubSamples,
  });
}

const named = z.object({ event: z.string().min(1).max(128) });

function about(
  { payload, headers }: Verified & { readonly headers: NamedHeaders },
  checks: Checks,
): Introduction | Unnormalised {
  const account = ownerIn(payload);
  const parsed = checks.safeParse(named, { event: headers['x-github-event'] });
  if (!parsed.success) return unfit(parsed.error, { account });
  const { event: name } = parsed.data;
  // Only a ping has a `zen` saying. The name alone doesn't count, since the header is not signed.
  if (name === 'ping' && typeof payload['zen'] === 'string') return { outcome: 'pong' };
  const action = payload['action'];
  return {
    type: typeof action === 'string' && action !== '' && action.length <= 128 ? `${name}.${action}` : name,
    eventId: checks.safeParse(id, headers['x-github-delivery']).data ?? null,
    account,
  };
}

/** The account, as the signed body says it. */
function ownerIn(payload: Verified['payload']): string | null {
  const { organization, repository, sponsorship } = payload;
  const owner = isObject(repository) ? repository['owner'] : isObject(sponsorship) ? sponsorship['sponsorable'] : null;
  for (const one of [organization, owner]) {
    if (isObject(one) && typeof one['login'] === 'string' && LOGIN.test(one['login'])) return one['login'];
  }
  return null;
}

function sponsorshipOf({ sponsorship }: Sponsored) {
  const { tier } = sponsorship;
  return {
    subscriptionId: sponsorship.node_id,
    title: tier?.name,
    customer: { name: sponsorship.sponsor?.login, externalId: sponsorship.sponsor?.id },
    price: amountOf(tier?.monthly_price_in_cents, 'USD'),
    interval: { unit: 'month', count: 1 },
    createdAt: sponsorship.created_at,
  };
}

function purchaseOf({ marketplace_purchase: purchase }: Purchased) {
  const { account, plan, billing_cycle: cycle } = purchase;
  return {
    // An account has one purchase of an app, and GitHub gives it no id.
    subscriptionId: account.id,
    title: plan?.name,
    customer: { name: account.login, email: account.organization_billing_email, externalId: account.id },
    quantity: purchase.unit_count,
    products: [{ productId: plan?.id, name: plan?.name }],
    interval: cycle === null ? null : { unit: cycle },
  };
}
