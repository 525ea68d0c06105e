import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const githubSamples: readonly Sample[] = [
  sample('sponsorship', 'cancelled', () => sponsorship()),
  sample('sponsorship', 'pending_cancellation', (at) => ({ ...sponsorship(), effective_date: at })),
  sample('marketplace_purchase', 'cancelled', (at) => ({
    effective_date: at,
    marketplace_purchase: {
      account: {
        type: 'Organization',
        id: 18_404_719,
        login: 'choir-of-paula',
        organization_billing_email: 'paula@coro.example',
      },
      billing_cycle: 'monthly',
      unit_count: 1,
      on_free_trial: false,
      next_billing_date: at,
      plan: { id: 435, name: 'Choir', monthly_price_in_cents: 1_000, price_model: 'FLAT_RATE' },
    },
  })),
];

function sponsorship(): Payload {
  return {
    sponsorship: {
      node_id: 'S_sampleOfHookcast',
      created_at: '2025-12-20T19:24:46+00:00',
      sponsorable: { login: 'hookcast-choir', id: 2, type: 'User' },
      sponsor: { login: 'paula-reis', id: 3, type: 'User' },
      privacy_level: 'public',
      tier: { node_id: 'T_sample', name: '$5 a month', monthly_price_in_cents: 500, monthly_price_in_dollars: 5 },
    },
  };
}

function sample(event: string, action: string, payload: (at: string) => Payload): Sample {
  return {
    event: `${event}.${action}`,
    headers: (fresh) => ({
      'x-github-event': event,
      'x-github-delivery': fresh?.id ?? `00000000-0000-4000-8000-${event.length}${action.length}`,
    }),
    payload: (fresh) => ({ action, ...payload((fresh?.at ?? new Date(1_775_200_000_000)).toISOString()) }),
  };
}
