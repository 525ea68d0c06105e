import type { Sample } from '../sample.ts';

export const stripeSamples: readonly Sample[] = [
  {
    event: 'customer.subscription.deleted',
    payload: (fresh) => {
      const created = fresh ? Math.floor(fresh.at.getTime() / 1000) : 1_775_200_000;
      return {
        id: fresh?.id ?? 'evt_1SampleOfHookcast0001',
        object: 'event',
        api_version: '2026-01-28.clover',
        created,
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type: 'customer.subscription.deleted',
        data: {
          object: {
            id: 'sub_1SampleOfHookcast0001',
            object: 'subscription',
            customer: 'cus_SampleOfHookcast',
            status: 'canceled',
            created: 1_740_000_000,
            start_date: 1_740_000_000,
            canceled_at: created - 5,
            ended_at: created - 5,
            cancel_at_period_end: false,
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
          },
        },
      };
    },
  },
];
