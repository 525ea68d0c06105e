import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

/** A month of thirty days, in seconds. */
const MONTH = 2_592_000;

export const stripeSamples: readonly Sample[] = [
  sample('customer.subscription.deleted', (created) => ({
    object: {
      ...subscription('sub_1SampleOfHookcast0001'),
      status: 'canceled',
      canceled_at: created - 5,
      ended_at: created - 5,
      cancel_at: null,
      cancel_at_period_end: false,
    },
  })),
  sample('customer.subscription.updated', (created) => ({
    object: {
      ...subscription('sub_1SampleOfHookcast0002'),
      status: 'active',
      canceled_at: created - 5,
      ended_at: null,
      cancel_at: created + MONTH,
      cancel_at_period_end: false,
    },
    previous_attributes: { canceled_at: null, cancel_at: null, cancellation_details: { reason: null } },
  })),
  sample('invoice.paid', (created) => ({
    object: {
      id: 'in_1SampleOfHookcast0001',
      object: 'invoice',
      status: 'paid',
      currency: 'eur',
      total: 2_500,
      amount_due: 2_500,
      amount_paid: 2_500,
      customer: 'cus_SampleOfHookcast',
      customer_name: 'Paula Reis',
      customer_email: 'paula@coro.example',
      created: created - 3_600,
      status_transitions: { paid_at: created - 5 },
      parent: { subscription_details: { subscription: 'sub_1SampleOfHookcast0002' } },
      lines: {
        data: [
          {
            amount: 2_500,
            description: '2 × Choir (at €12.50 / month)',
            parent: { type: 'subscription_item_details' },
            pricing: { price_details: { product: 'prod_SampleOfHookcast' } },
          },
        ],
        has_more: false,
      },
    },
  })),
  sample('charge.refunded', (created) => ({
    object: {
      id: 'ch_1SampleOfHookcast0001',
      object: 'charge',
      status: 'succeeded',
      currency: 'eur',
      amount: 2_500,
      amount_refunded: 1_000,
      created: created - 86_400,
      customer: 'cus_SampleOfHookcast',
      billing_details: { name: 'Paula Reis', email: 'paula@coro.example', phone: null },
      payment_intent: 'pi_1SampleOfHookcast0001',
      payment_method_details: { type: 'card' },
    },
    previous_attributes: { amount_refunded: 0 },
  })),
];

function sample(event: string, data: (created: number) => Payload): Sample {
  return {
    event,
    payload: (fresh) => {
      const created = fresh ? Math.floor(fresh.at.getTime() / 1000) : 1_775_200_000;
      return {
        id: fresh?.id ?? `evt_1SampleOfHookcast_${event.split('.').at(-1)}`,
        object: 'event',
        api_version: '2026-01-28.clover',
        created,
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type: event,
        data: data(created),
      };
    },
  };
}

function subscription(id: string): Payload {
  return {
    id,
    object: 'subscription',
    customer: 'cus_SampleOfHookcast',
    created: 1_740_000_000,
    start_date: 1_740_000_000,
    cancellation_details: {
      reason: 'cancellation_requested',
      feedback: 'too_expensive',
      comment: 'Paula says that it costs too much',
    },
    items: {
      object: 'list',
      data: [
        {
          id: 'si_SampleOfHookcast',
          quantity: 2,
          price: {
            id: 'price_1SampleOfHookcast',
            nickname: 'Choir, monthly',
            lookup_key: null,
            currency: 'eur',
            unit_amount: 1_250,
            unit_amount_decimal: '1250',
            product: 'prod_SampleOfHookcast',
            recurring: { interval: 'month', interval_count: 1 },
          },
        },
      ],
    },
    metadata: {},
  };
}
