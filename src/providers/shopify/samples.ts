import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const shopifySamples: readonly Sample[] = [
  sample('orders/cancelled', (at) => ({
    ...order(at),
    cancelled_at: at,
    cancel_reason: 'customer',
    financial_status: 'refunded',
  })),
  sample('orders/paid', (at) => ({ ...order(at), financial_status: 'paid' })),
  sample('refunds/create', (at) => ({
    id: 929_361_464,
    order_id: 5_820_982_911_946,
    created_at: at,
    processed_at: at,
    note: 'Paula has changed her mind',
    transactions: [{ id: 179_259_969, kind: 'refund', status: 'success', amount: '41.94', currency: 'USD' }],
  })),
  sample('disputes/create', (at) => ({
    id: 285_332_461_850,
    order_id: 5_820_982_911_946,
    type: 'chargeback',
    amount: '11.50',
    currency: 'USD',
    reason: 'fraudulent',
    status: 'needs_response',
    initiated_at: at,
    evidence_due_by: at,
  })),
  sample('subscription_contracts/cancel', () => ({
    id: 593_934_299,
    admin_graphql_api_id: 'gid://shopify/SubscriptionContract/593934299',
    billing_policy: { interval: 'month', interval_count: 1 },
    currency_code: 'USD',
    customer_id: 7_115_310_627_314,
    status: 'cancelled',
  })),
];

function order(at: string): Payload {
  return {
    id: 5_820_982_911_946,
    name: '#9999',
    email: 'paula@coro.example',
    phone: null,
    test: false,
    created_at: at,
    currency: 'USD',
    total_price: '41.94',
    customer: {
      id: 7_115_310_627_314,
      first_name: 'Paula',
      last_name: 'Reis',
      email: 'paula@coro.example',
      phone: '+5511900000000',
    },
    line_items: [
      { id: 866_550_311_766_439, product_id: 788_032_119_674, title: 'Songbook', price: '41.94', quantity: 1 },
    ],
  };
}

function sample(event: string, payload: (at: string) => Payload): Sample {
  return {
    event,
    headers: (fresh) => ({
      'shopify-topic': event,
      'shopify-webhook-id': fresh?.id ?? `00000000-0000-4000-8000-${event.length}`,
      'shopify-shop-domain': 'choir-of-hookcast.myshopify.com',
      'shopify-triggered-at': timeOf(fresh?.at),
    }),
    payload: (fresh) => payload(timeOf(fresh?.at)),
  };
}

function timeOf(at = new Date(1_775_200_000_000)): string {
  return at.toISOString();
}
