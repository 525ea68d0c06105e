import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const paddleSamples: readonly Sample[] = [
  sample('subscription.canceled', (at) => ({ ...subscription(), status: 'canceled', canceled_at: at, updated_at: at })),
  sample('subscription.updated', (at) => ({
    ...subscription(),
    updated_at: at,
    scheduled_change: { action: 'cancel', effective_at: '2026-05-12T10:37:59.556997Z', resume_at: null },
  })),
  sample('transaction.completed', (at) => transaction('completed', at)),
  sample('transaction.canceled', (at) => ({ ...transaction('canceled', at), payments: [] })),
  sample('adjustment.updated', (at) => ({ ...adjustment('refund', at), reason: 'Paula has changed her mind' })),
  sample('adjustment.created', (at) => adjustment('chargeback', at)),
];

const PRODUCT = { id: 'pro_sampleofhookcast', name: 'Choir', tax_category: 'standard', status: 'active' };
const PRICE = {
  id: 'pri_sampleofhookcast',
  product_id: PRODUCT.id,
  name: 'Monthly',
  description: 'Monthly, of Paula',
  unit_price: { amount: '3000', currency_code: 'USD' },
  billing_cycle: { interval: 'month', frequency: 1 },
};

function subscription(): Payload {
  return {
    id: 'sub_sampleofhookcast',
    status: 'active',
    customer_id: 'ctm_sampleofhookcast',
    currency_code: 'USD',
    collection_mode: 'automatic',
    created_at: '2026-03-12T10:38:00.761Z',
    started_at: '2026-03-12T10:37:59.556997Z',
    next_billed_at: '2026-05-12T10:37:59.556997Z',
    canceled_at: null,
    billing_cycle: { interval: 'month', frequency: 1 },
    scheduled_change: null,
    items: [{ status: 'active', quantity: 2, recurring: true, price: PRICE, product: PRODUCT }],
    custom_data: null,
  };
}

function transaction(status: string, at: string): Payload {
  return {
    id: 'txn_sampleofhookcast',
    status,
    customer_id: 'ctm_sampleofhookcast',
    subscription_id: 'sub_sampleofhookcast',
    invoice_number: '325-10566',
    currency_code: 'USD',
    origin: 'web',
    collection_mode: 'automatic',
    created_at: '2026-03-12T10:12:33.2014Z',
    updated_at: at,
    billed_at: at,
    items: [{ quantity: 2, proration: null, price: PRICE }],
    details: {
      totals: { subtotal: '6000', tax: '533', total: '6533', grand_total: '6533', currency_code: 'USD' },
      line_items: [{ id: 'txnitm_sampleofhookcast', price_id: PRICE.id, quantity: 2, product: PRODUCT }],
    },
    payments: [
      {
        payment_attempt_id: '497f6eca-6276-4993-bfeb-hookcast0001',
        amount: '6533',
        status: 'captured',
        captured_at: at,
        method_details: { type: 'card', card: { type: 'visa', last4: '3184', cardholder_name: 'Paula Reis' } },
      },
    ],
  };
}

function adjustment(action: string, at: string): Payload {
  return {
    id: 'adj_sampleofhookcast',
    action,
    type: 'full',
    status: 'approved',
    transaction_id: 'txn_sampleofhookcast',
    subscription_id: 'sub_sampleofhookcast',
    customer_id: 'ctm_sampleofhookcast',
    reason: 'fraud',
    currency_code: 'USD',
    totals: { subtotal: '6000', tax: '533', total: '6533', currency_code: 'USD' },
    created_at: '2026-04-02T10:12:33.2014Z',
    updated_at: at,
  };
}

function sample(event: string, data: (at: string) => Payload): Sample {
  return {
    event,
    payload: (fresh) => {
      const at = (fresh?.at ?? new Date(1_775_200_000_000)).toISOString();
      return {
        event_id: `evt_${fresh?.id ?? `sample-${event.replace('.', '-')}`}`,
        event_type: event,
        occurred_at: at,
        notification_id: `ntf_${fresh?.id ?? 'sampleofhookcast'}`,
        data: data(at),
      };
    },
  };
}
