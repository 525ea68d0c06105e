import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const squareSamples: readonly Sample[] = [
  sample('booking.updated', 'booking', (at) => ({
    id: 'booking-of-hookcast',
    version: 3,
    status: 'CANCELLED_BY_CUSTOMER',
    created_at: '2026-04-01T14:00:00Z',
    updated_at: at,
    start_at: '2026-05-08T12:00:00Z',
    location_id: 'LOCATIONHOOKCAST',
    location_type: 'CUSTOMER_LOCATION',
    all_day: false,
    customer_id: 'CUSTOMERHOOKCAST',
    customer_note: 'Paula sings alto',
    seller_note: '',
    address: { address_line_1: 'Rua da Aurora 1', locality: 'Recife', country: 'BR' },
    creator_details: { creator_type: 'CUSTOMER', customer_id: 'CUSTOMERHOOKCAST' },
    source: 'FIRST_PARTY_BUYER',
    appointment_segments: [
      {
        duration_minutes: 60,
        intermission_minutes: 0,
        service_variation_id: 'SERVICEHOOKCAST',
        service_variation_version: 1_775_200_000_000,
        team_member_id: 'TEAMHOOKCAST',
        any_team_member: false,
      },
    ],
  })),
  sample('payment.updated', 'payment', (at) => ({
    id: 'PAYMENTHOOKCAST',
    status: 'COMPLETED',
    created_at: at,
    updated_at: at,
    amount_money: { amount: 4_000, currency: 'USD' },
    total_money: { amount: 4_194, currency: 'USD' },
    source_type: 'CARD',
    order_id: 'ORDERHOOKCAST',
    location_id: 'LOCATIONHOOKCAST',
    customer_id: 'CUSTOMERHOOKCAST',
    buyer_email_address: 'paula@coro.example',
    billing_address: { first_name: 'Paula', last_name: 'Reis' },
  })),
  sample('refund.updated', 'refund', (at) => ({
    id: 'PAYMENTHOOKCAST_REFUND',
    status: 'COMPLETED',
    created_at: '2026-04-02T14:00:00Z',
    updated_at: at,
    amount_money: { amount: 1_000, currency: 'USD' },
    payment_id: 'PAYMENTHOOKCAST',
    order_id: 'ORDERHOOKCAST',
    location_id: 'LOCATIONHOOKCAST',
    reason: 'Paula has changed her mind',
  })),
  sample('dispute.created', 'dispute', (at) => ({
    id: 'DISPUTEHOOKCAST',
    state: 'EVIDENCE_REQUIRED',
    reason: 'NOT_RECEIVED',
    amount_money: { amount: 4_194, currency: 'USD' },
    created_at: at,
    due_at: at,
    reported_at: at,
    disputed_payment: { payment_id: 'PAYMENTHOOKCAST' },
    card_brand: 'VISA',
    version: 1,
  })),
  sample('order.updated', 'order_updated', (at) => ({
    order_id: 'ORDERHOOKCAST',
    location_id: 'LOCATIONHOOKCAST',
    state: 'CANCELED',
    version: 4,
    created_at: '2026-04-01T14:00:00Z',
    updated_at: at,
  })),
  sample('subscription.updated', 'subscription', () => ({
    id: 'subscription-of-hookcast',
    version: 5,
    status: 'ACTIVE',
    location_id: 'LOCATIONHOOKCAST',
    plan_variation_id: 'PLANHOOKCAST',
    customer_id: 'CUSTOMERHOOKCAST',
    start_date: '2026-01-26',
    canceled_date: '2026-07-26',
    charged_through_date: '2026-07-26',
    price_override_money: { amount: 990, currency: 'USD' },
    created_at: '2026-01-26T11:15:55Z',
    timezone: 'America/Recife',
  })),
];

function sample(event: string, name: string, object: (at: string) => Payload): Sample {
  return {
    event,
    payload: (fresh) => {
      const at = (fresh?.at ?? new Date(1_775_200_000_000)).toISOString();
      const inside = object(at);
      return {
        merchant_id: 'MERCHANTHOOKCAST',
        type: event,
        event_id: fresh?.id ?? `00000000-0000-4000-8000-${event.replace('.', '')}`,
        created_at: at,
        data: { type: name, id: inside['id'] ?? inside['order_id'], object: { [name]: inside } },
      };
    },
  };
}
