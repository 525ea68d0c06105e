import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const kiwifySamples: readonly Sample[] = [
  sample('subscription_canceled', 'canceled', (at) => ({
    subscription_id: 'c1b9f2b6-5a7c-4d0e-9c2a-hookcast0001',
    Subscription: {
      start_date: '2026-03-02T10:15:00.000Z',
      next_payment: at,
      status: 'canceled',
      plan: { id: 'plan-of-hookcast', name: 'Coral, mensal', frequency: 'monthly', qty_charges: 0 },
      customer_access: { has_access: true, active_period: true, access_until: at },
    },
  })),
  sample('order_approved', 'paid', () => ({})),
  sample('order_refunded', 'refunded', (at) => ({ refunded_at: at })),
  sample('chargeback', 'chargedback', () => ({})),
  sample('pix_created', 'waiting_payment', () => ({ payment_method: 'pix', approved_date: null })),
];

function sample(event: string, status: string, more: (at: string) => Payload): Sample {
  return {
    event,
    payload: (fresh) => {
      const at = (fresh?.at ?? new Date(1_775_200_000_000)).toISOString();
      return {
        order_id: fresh?.id ?? `00000000-0000-4000-8000-${event}`,
        order_ref: 'HkC4st1',
        order_status: status,
        payment_method: 'credit_card',
        store_id: 'storeOfHookcast',
        installments: 1,
        created_at: '2026-04-03 07:06',
        updated_at: '2026-04-03 07:06',
        approved_date: '2026-04-03 07:06',
        refunded_at: null,
        webhook_event_type: event,
        Product: { product_id: 'product-of-hookcast', product_name: 'Curso de coral' },
        Customer: {
          full_name: 'Paula Reis',
          first_name: 'Paula',
          email: 'paula@coro.example',
          mobile: '+5511900000000',
          CPF: '00000000000',
        },
        Commissions: { charge_amount: 9797, currency: 'BRL', my_commission: 8877 },
        TrackingParameters: { src: null, sck: null, utm_source: 'boletim' },
        ...more(at),
      };
    },
  };
}
