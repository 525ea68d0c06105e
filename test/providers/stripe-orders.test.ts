import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';

type Fields = Record<string, unknown>;

const CREATED = 1_778_000_010;
const provider = stripe({ secrets: ['whsec_of_the_suite_of_tests'] });
const seconds = (at: number) => ({ at: at * 1000, text: String(at) });
const eur = (amount: string) => ({ amount, currency: 'EUR' });

function normalise(type: string, object: Fields, previous?: Fields) {
  const data = { object, ...(previous && { previous_attributes: previous }) };
  const payload = { id: 'evt_1', type, created: CREATED, livemode: true, data };
  return provider.normalise({ payload, text: '{}', digest: 'd' }, { source: 'shop', receivedAt: 5 });
}

function event(...sent: Parameters<typeof normalise>): NewEvent {
  const normalised = normalise(...sent);
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}

const invoice = {
  id: 'in_1Invented',
  object: 'invoice',
  status: 'paid',
  currency: 'eur',
  total: 3_480,
  amount_due: 3_480,
  amount_paid: 3_480,
  customer: 'cus_Invented',
  customer_name: 'Olga Inventada',
  customer_email: 'olga@inventada.example',
  customer_phone: '+351900000000',
  customer_address: { city: 'Braga' },
  created: 1_777_990_000,
  due_date: 1_778_500_000,
  status_transitions: { paid_at: 1_778_000_001 },
  subscription: 'sub_1Invented',
  lines: {
    data: [
      { type: 'subscription', amount: 2_980, description: '3 × Season ticket', price: { product: 'prod_1' } },
      { type: 'invoiceitem', amount: 500, description: 'A lesson for Olga', price: { product: 'prod_2' } },
    ],
    has_more: false,
  },
};

const charge = {
  id: 'ch_1Invented',
  object: 'charge',
  status: 'succeeded',
  currency: 'eur',
  amount: 3_480,
  amount_refunded: 1_500,
  created: 1_777_000_000,
  customer: null,
  billing_details: { name: 'Olga Inventada', email: 'olga@inventada.example', phone: null, address: { city: 'Braga' } },
  payment_intent: 'pi_1Invented',
  payment_method_details: { type: 'card' },
};

const dispute = {
  id: 'dp_1Invented',
  object: 'dispute',
  status: 'needs_response',
  currency: 'eur',
  amount: 3_480,
  charge: 'ch_1Invented',
  payment_intent: 'pi_1Invented',
  created: 1_778_000_003,
  evidence_details: { due_by: 1_778_900_000 },
};

describe('orders of Stripe', () => {
  it('IN6.15 says of an invoice that was paid what was paid, for what and by whom', () => {
    const { data, personal, ...paid } = event('invoice.paid', invoice);
    expect(paid).toMatchObject({
      shape: 'OrderChange',
      subject: 'order/in_1Invented',
      occurredAt: seconds(1_778_000_001),
    });
    expect(data).toMatchObject({
      orderChange: 'PAID',
      orderId: 'in_1Invented',
      title: '3 × Season ticket',
      quantity: 2,
      total: eur('34.80'),
      value: eur('34.80'),
      paid: eur('34.80'),
      items: [
        { productId: 'prod_1', name: '3 × Season ticket', price: eur('29.80') },
        // A text that somebody typed may be about a person.
        { productId: 'prod_2', name: null, price: eur('5.00') },
      ],
      parentSubscriptionId: 'sub_1Invented',
      paidAt: seconds(1_778_000_001),
      createdAt: seconds(1_777_990_000),
      dueAt: seconds(1_778_500_000),
      sentAt: seconds(CREATED),
      isLive: true,
    });
    expect(personal).toMatchObject({
      customer: { name: 'Olga Inventada', email: 'olga@inventada.example', externalId: 'cus_Invented' },
      customerAddress: { city: 'Braga' },
    });
    expect(JSON.stringify([data, paid.subject])).not.toMatch(/Olga|olga|Braga|3519|cus_/);
    expect(paid.traces).toContainEqual({ kind: 'email', value: 'olga@inventada.example' });
  });

  it('IN6.7 finds the subscription and the products of an invoice where the API of 2025 has them', () => {
    const { subscription: _subscription, lines: _lines, ...rest } = invoice;
    const parent = { type: 'subscription_item_details' };
    const line = { amount: 100, description: 'Choir', parent, pricing: { price_details: { product: 'prod_3' } } };
    const { data } = event('invoice.paid', {
      ...rest,
      parent: { subscription_details: { subscription: { id: 'sub_2', object: 'subscription' } } },
      lines: { data: [line], has_more: true },
    });
    expect(data).toMatchObject({
      parentSubscriptionId: 'sub_2',
      items: [{ productId: 'prod_3', name: 'Choir' }],
      quantity: null,
    });
  });

  it('IN6.16 takes a payment that failed for what was to be paid', () => {
    const open = { ...invoice, status: 'open', amount_paid: 0, status_transitions: { paid_at: null } };
    expect(event('invoice.payment_failed', open)).toMatchObject({
      occurredAt: seconds(CREATED),
      data: { orderChange: 'PAYMENT_FAILED', value: eur('34.80'), paid: eur('0.00'), paidAt: null },
    });
  });

  it('IN6.16 takes each of several refunds of a charge for what went back by it', () => {
    const value = (previous?: Fields, fields: Fields = {}) =>
      event('charge.refunded', { ...charge, ...fields }, previous).data['value'];
    expect(value({ amount_refunded: 0 })).toEqual(eur('15.00'));
    expect(value({ amount_refunded: 1_000 })).toEqual(eur('5.00'));
    expect(value()).toEqual(eur('15.00'));
    expect(value({ amount_refunded: 0 }, { currency: 'jpy' })).toEqual({ amount: '1500', currency: 'JPY' });
    const { data, personal, subject } = event('charge.refunded', charge, { amount_refunded: 0 });
    expect(subject).toBe('order/pi_1Invented');
    expect(data).toMatchObject({
      orderChange: 'REFUNDED',
      paid: eur('34.80'),
      paymentMethod: 'card',
      transactionId: 'ch_1Invented',
      refund: { amount: eur('15.00'), refundedAt: seconds(CREATED) },
    });
    expect(personal).toMatchObject({ customer: { name: 'Olga Inventada', externalId: null } });
    expect(event('charge.refunded', { ...charge, invoice: 'in_1Invented' }).subject).toBe('order/in_1Invented');
  });

  it('IN6.15 says of a dispute how much is taken back, and until when one can answer', () => {
    expect(event('charge.dispute.created', dispute)).toMatchObject({
      subject: 'order/pi_1Invented',
      data: {
        orderChange: 'CHARGED_BACK',
        value: eur('34.80'),
        chargeback: {
          status: 'needs_response',
          createdAt: seconds(1_778_000_003),
          respondBy: seconds(1_778_900_000),
          finishedAt: null,
        },
      },
    });
  });

  const samples: [type: string, object: Fields][] = [
    ['invoice.paid', invoice],
    ['invoice.payment_failed', invoice],
    ['charge.refunded', charge],
    ['charge.dispute.created', dispute],
  ];
  it.each(samples)('IN4.6 takes %s with any member but its id of a wrong type, or none', (type, object) => {
    for (const name of Object.keys(object).filter((name) => name !== 'id')) {
      for (const odd of [undefined, null, 'odd', 7.5, true, {}, [], ['odd'], { odd: [true] }]) {
        const normalised = normalise(type, { ...object, [name]: odd });
        expect(normalised, `${name} ${JSON.stringify(odd)}`).toMatchObject({ event: { shape: 'OrderChange' } });
      }
    }
    expect(normalise(type, { ...object, id: null })).toMatchObject({
      outcome: 'unfit',
      issues: [{ path: 'data.object.id' }],
    });
  });

  it('IN6.15 has samples of them for hookcast send', () => {
    const made = provider.samples.map(({ event: name, payload }) => {
      const normalised = provider.normalise(
        { payload: payload(), text: '{}', digest: 'd' },
        { source: 'x', receivedAt: 0 },
      );
      return `${name} ${normalised.outcome === 'event' ? normalised.event.shape : normalised.outcome}`;
    });
    expect(made.slice(2)).toEqual(['invoice.paid OrderChange', 'charge.refunded OrderChange']);
  });
});
