import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { stripeDeleted, stripeUpdated } from '../fixtures/providers.ts';

type Payload = Record<string, unknown>;

const provider = stripe({ secrets: ['whsec_of-the-subscriptions'] });
const seconds = (at: number) => ({ at: at * 1000, text: String(at) });

function event(payload: Payload): NewEvent {
  const verified = { payload, text: JSON.stringify(payload), digest: 'of the body' };
  const normalised = provider.normalise(verified, { source: 'shop', receivedAt: 1 });
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}

describe('Stripe: a cancellation that is decided and not yet effective', () => {
  const PERIOD_END = 1_789_000_000;
  const item = { quantity: 1, current_period_end: PERIOD_END };
  const scheduled: [how: string, subscription: Payload, before: Payload, endsAt: number | null][] = [
    ['with cancel_at alone', {}, { cancel_at: null }, 1_790_000_000],
    [
      'with cancel_at_period_end and cancel_at',
      { cancel_at_period_end: true, cancel_at: 1_788_000_000 },
      { cancel_at_period_end: false, cancel_at: null },
      1_788_000_000,
    ],
    [
      'with cancel_at_period_end alone',
      { cancel_at_period_end: true, cancel_at: null, current_period_end: PERIOD_END },
      { cancel_at_period_end: false },
      PERIOD_END,
    ],
    [
      'with cancel_at_period_end and the period at its items',
      { cancel_at_period_end: true, cancel_at: null, items: { data: [item, item] } },
      { cancel_at_period_end: false },
      PERIOD_END,
    ],
    [
      'at the end of items that end at different times',
      { cancel_at_period_end: true, cancel_at: null, items: { data: [item, { ...item, current_period_end: 1 }] } },
      { cancel_at_period_end: false },
      null,
    ],
  ];
  it.each(scheduled)('IN6.4 is typed when it is decided, %s', (_how, subscription, before, endsAt) => {
    expect(event(stripeUpdated(subscription, before))).toMatchObject({
      shape: 'SubscriptionCancellation',
      kind: 'SUBSCRIPTION',
      subject: 'subscription/sub_1Invented',
      occurredAt: seconds(1_778_000_000),
      data: {
        isScheduled: true,
        status: 'active',
        endsAt: endsAt === null ? null : seconds(endsAt),
        cause: 'cancellation_requested',
        canceledAt: seconds(1_778_000_000),
      },
      personal: { reason: 'Olga moves away', customer: { externalId: 'cus_Invented' } },
    });
  });

  it('IN6.4 is told from one that has ended, whose time is its end', () => {
    expect(event(stripeDeleted({ canceled_at: 1_770_000_000, cancel_at: 1_778_000_005 }))).toMatchObject({
      shape: 'SubscriptionCancellation',
      occurredAt: seconds(1_778_000_005),
      data: { isScheduled: false, canceledAt: seconds(1_770_000_000), endsAt: seconds(1_778_000_005) },
    });
  });

  const others: [what: string, subscription: Payload, before: Payload | null][] = [
    ['something else while it stands', {}, { metadata: { seller: 'Anna' }, status: 'past_due' }],
    ['nothing that is said', {}, null],
    ['something of a subscription that goes on', { cancel_at: null }, { status: 'past_due' }],
    ['a flag, and not the date', { cancel_at_period_end: true }, { cancel_at_period_end: false }],
    ['notes of what has ended', { ended_at: 1_778_000_005, status: 'canceled' }, { cancel_at: null }],
  ];
  it.each(others)('IN6.6 is not decided again by an update that changes %s', (_what, subscription, before) => {
    expect(event(stripeUpdated(subscription, before))).toMatchObject({
      shape: 'OtherEvent',
      kind: null,
      subject: 'subscription/sub_1Invented',
      traces: expect.arrayContaining([{ kind: 'contact', value: 'cus_Invented' }]),
    });
  });

  const explained = {
    cancellation_details: {
      reason: 'cancellation_requested',
      feedback: 'too_expensive',
      feedback_option: 'bfo_1',
      comment: 'Olga moves away',
    },
  };
  const unexplained = { cancellation_details: { comment: null, feedback: null } };
  const said = {
    subscriptionChange: 'CANCELLATION_EXPLAINED',
    previousEndsAt: null,
    cause: 'cancellation_requested',
    feedback: 'too_expensive',
    feedbackOption: { feedbackOptionId: 'bfo_1', description: null },
    canceledAt: seconds(1_778_000_000),
  };
  const changes: [what: string, subscription: Payload, before: Payload, change: Payload][] = [
    [
      'undone, with cancel_at alone',
      { cancel_at: null, canceled_at: null },
      { cancel_at: 1_790_000_000, canceled_at: 1_778_000_000 },
      { subscriptionChange: 'CANCELLATION_UNDONE', endsAt: null, previousEndsAt: seconds(1_790_000_000) },
    ],
    [
      'undone, with cancel_at_period_end',
      { cancel_at: null },
      { cancel_at_period_end: true, cancel_at: 1_790_000_000 },
      { subscriptionChange: 'CANCELLATION_UNDONE', endsAt: null, previousEndsAt: seconds(1_790_000_000) },
    ],
    [
      'undone, with cancel_at_period_end alone',
      { cancel_at: null, current_period_end: PERIOD_END },
      { cancel_at_period_end: true },
      { subscriptionChange: 'CANCELLATION_UNDONE', endsAt: null, previousEndsAt: seconds(PERIOD_END) },
    ],
    [
      'put to another date',
      {},
      { cancel_at: 1_780_000_000 },
      {
        subscriptionChange: 'CANCELLATION_RESCHEDULED',
        endsAt: seconds(1_790_000_000),
        previousEndsAt: seconds(1_780_000_000),
      },
    ],
    [
      'put from the period’s end to another date',
      {},
      { cancel_at: 1_780_000_000, cancel_at_period_end: true },
      {
        subscriptionChange: 'CANCELLATION_RESCHEDULED',
        endsAt: seconds(1_790_000_000),
        previousEndsAt: seconds(1_780_000_000),
      },
    ],
    ['explained while it stands', explained, unexplained, { ...said, endsAt: seconds(1_790_000_000) }],
    [
      'explained when it has taken effect',
      { ...explained, ended_at: 1_778_000_005, cancel_at: null },
      unexplained,
      { ...said, endsAt: seconds(1_778_000_005) },
    ],
  ];
  it.each(changes)(
    'IN6.4 is an event too, and no cancellation, when it is %s',
    (_what, subscription, before, change) => {
      expect(event(stripeUpdated(subscription, before))).toMatchObject({
        shape: 'SubscriptionChange',
        kind: null,
        subject: 'subscription/sub_1Invented',
        occurredAt: seconds(1_778_000_010),
        data: { ...change, subscriptionId: 'sub_1Invented', title: 'Season ticket', status: 'active', quantity: 3 },
        personal: { customer: { externalId: 'cus_Invented' }, reason: 'Olga moves away' },
        traces: expect.arrayContaining([{ kind: 'contact', value: 'cus_Invented' }]),
      });
    },
  );

  it('IN10.1 orders states by when Stripe made them, and puts no other state after the end', () => {
    const version = (payload: Payload) => event(payload).version!;
    const at = (created: unknown) => version(stripeUpdated({}, undefined, { created }));
    const ended = version(stripeDeleted({}, { created: 1_778_000_000 }));
    const noted = version(stripeUpdated({ ended_at: 1_778_000_000 }, undefined, { created: 1_778_000_001 }));
    expect([at(1_778_000_009), noted, at(1_778_000_010), at(999), ended].toSorted()).toEqual([
      at(999),
      at(1_778_000_009),
      at(1_778_000_010),
      ended,
      noted,
    ]);
    expect(ended > at(253_402_300_799)).toBe(true);
    expect(at('soon')).toBeNull();
    const ofCustomer = { id: 'evt_c', type: 'customer.updated', created: 1, data: { object: { object: 'customer' } } };
    expect(event(ofCustomer).version).toBeNull();
  });
});

describe('Stripe: what was subscribed to', () => {
  const plan = {
    id: 'gold',
    object: 'plan',
    nickname: 'Gold',
    amount: 2_500,
    amount_decimal: '2500',
    currency: 'usd',
    interval: 'year',
    interval_count: 2,
    product: 'prod_gold',
  };
  const gold = {
    title: 'Gold',
    quantity: 4,
    price: { amount: '25.00', currency: 'USD' },
    interval: { unit: 'year', count: 2 },
    products: [{ productId: 'prod_gold', name: null, price: { amount: '25.00', currency: 'USD' } }],
  };

  it('IN6.7 has title, price and interval of a body with a plan and no price, of its items or its own', () => {
    expect(event(stripeDeleted({ items: { data: [{ quantity: 4, plan }] } })).data).toMatchObject(gold);
    for (const items of [undefined, null, { data: [] }]) {
      expect(event(stripeDeleted({ items, plan, quantity: 4 })).data).toMatchObject(gold);
    }
    const named = { ...plan, nickname: undefined, name: 'Gold plan' };
    expect(event(stripeDeleted({ items: { data: [{ plan: named }] } })).data).toMatchObject({ title: 'Gold plan' });
    expect(event(stripeUpdated({ items: { data: [{ quantity: 4, plan }] } })).data).toMatchObject(gold);
  });

  it('IN6.7 has a price’s own word where a plan stands beside it', () => {
    const price = { nickname: 'Silver', currency: 'eur', unit_amount: null, product: 'prod_silver' };
    expect(event(stripeDeleted({ items: { data: [{ price, plan }] } })).data).toMatchObject({
      title: 'Silver',
      // Priced by tiers: that the plan has an amount says nothing of it.
      price: null,
      products: [{ productId: 'prod_silver' }],
    });
  });

  const titles: [price: Payload, title: string | null][] = [
    [{ nickname: 'Choir, monthly', lookup_key: 'choir', product: { id: 'p', name: 'Choir' } }, 'Choir, monthly'],
    [{ nickname: null, lookup_key: 'choir', product: { id: 'p', name: 'Choir' } }, 'Choir'],
    [{ nickname: '', lookup_key: 'choir_monthly', product: 'p' }, 'choir_monthly'],
    [{ nickname: null, lookup_key: null, product: 'prod_1' }, 'prod_1'],
    [{ nickname: null, lookup_key: null, product: null }, null],
  ];
  it.each(titles)('IN6.10 takes as title of %j what a person would call it', (price, title) => {
    expect(event(stripeDeleted({ items: { data: [{ price }] } })).data).toMatchObject({ title });
  });

  it('IN6.10 says which of the business’s own answers the customer chose, by its id or as it was expanded', () => {
    const chosen = (feedback_option: unknown) =>
      event(stripeDeleted({ cancellation_details: { reason: 'cancellation_requested', feedback_option } })).data;
    expect(chosen('bfo_1')).toMatchObject({
      feedback: null,
      feedbackOption: { feedbackOptionId: 'bfo_1', description: null },
    });
    expect(chosen({ id: 'bfo_1', object: 'billing.feedback_option', description: 'Moved away' })).toMatchObject({
      feedbackOption: { feedbackOptionId: 'bfo_1', description: 'Moved away' },
    });
    for (const none of [null, undefined, 7.5, ['bfo_1'], {}])
      expect(chosen(none)).toMatchObject({ feedbackOption: null });
  });
});
