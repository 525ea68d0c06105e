import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const hotmartSamples: readonly Sample[] = [
  sample('SUBSCRIPTION_CANCELLATION', (at) => ({
    actual_recurrence_value: 64.9,
    cancellation_date: at - 5_000,
    date_next_charge: at + 2_592_000_000,
    product: { id: 788_921, name: 'Curso de coral' },
    subscriber: {
      code: 'QO4THU04',
      name: 'Paula Reis',
      email: 'paula@coro.example',
      phone: { dddPhone: '', phone: '', dddCell: '11', cell: '900000000' },
    },
    subscription: { id: 4_148_584, plan: { id: 114_680, name: 'Coral, mensal' } },
  })),
  sample('PURCHASE_APPROVED', purchase('APPROVED')),
  sample('PURCHASE_CANCELED', purchase('CANCELED')),
  sample('PURCHASE_REFUNDED', purchase('REFUNDED')),
  sample('PURCHASE_CHARGEBACK', purchase('CHARGEBACK')),
];

function sample(event: string, data: (at: number) => Payload): Sample {
  return {
    event,
    payload: (fresh) => {
      const at = (fresh?.at ?? new Date(1_775_200_000_000)).getTime();
      return {
        id: fresh?.id ?? `00000000-0000-4000-8000-${event.toLowerCase()}`,
        creation_date: at,
        event,
        version: '2.0.0',
        data: data(at),
      };
    },
  };
}

function purchase(status: string) {
  return (at: number): Payload => ({
    product: { id: 788_921, ucode: 'product-of-hookcast', name: 'Curso de coral' },
    buyer: {
      name: 'Paula Reis',
      email: 'paula@coro.example',
      checkout_phone: '11900000000',
      address: { city: 'Recife', country_iso: 'BR' },
    },
    purchase: {
      transaction: 'HP00000000000001',
      status,
      order_date: at - 60_000,
      approved_date: at - 5_000,
      price: { value: 97.5, currency_value: 'BRL' },
      full_price: { value: 97.5, currency_value: 'BRL' },
      payment: { type: 'CREDIT_CARD', installments_number: 1 },
      offer: { code: 'offer', coupon_code: 'CORAL10' },
      order_bump: { is_order_bump: false },
    },
    subscription: { status: 'ACTIVE', plan: { id: 114_680, name: 'Coral, mensal' }, subscriber: { code: 'QO4THU04' } },
  });
}
