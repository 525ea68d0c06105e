import { expect, it } from 'vitest';
import { postDays } from '../support/day.ts';
import { TestGateway } from '../support/gateway.ts';

const TYPES = /* GraphQL */ `
  query Types($from: DateTime!, $to: DateTime!) {
    activity(from: $from, to: $to, bucket: MINUTE) {
      buckets {
        startsAt
        types {
          typename
          happened
          events
          amounts {
            amount
            currency
          }
        }
      }
    }
    quarantine(first: 1) {
      edges {
        node {
          type
        }
      }
    }
  }
`;

it('OPS3.15 fills a varied day until now and the days to compare it with, and records each event once', async () => {
  const gateway = await TestGateway.start();
  // Not the middle of the night, when a day has but a few minutes.
  const now = new Date(new Date().setHours(15, 20, 0, 0));
  const first = await postDays(gateway, now);
  expect(Object.keys(first)).toEqual(['accepted']);
  expect(await postDays(gateway, now)).toEqual({ duplicate: first['accepted'] });

  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const countOf = async (back: number) => {
    const [from, to] = [midnight, now.getTime()].map(
      (at) => new Date(new Date(at).setDate(new Date(at).getDate() - back)),
    );
    const data = (await gateway.query(TYPES, { from, to })).data as any;
    expect(data.quarantine.edges).toEqual([]);
    const counts = new Map<string, number>();
    for (const { types } of data.activity.buckets)
      for (const { typename, happened, events } of types) {
        const name = happened ? `${typename} ${happened}` : typename;
        counts.set(name, (counts.get(name) ?? 0) + events);
      }
    return counts;
  };
  const today = await countOf(0);
  expect([...today.keys()].toSorted()).toEqual([
    'BookingCancellation CANCELED',
    'BookingChange CONFIRMED',
    'BookingChange CREATED',
    'BookingChange DECLINED',
    'BookingChange RESCHEDULED',
    'CartAbandonment',
    'LearnerActivity ENROLLED',
    'LearnerActivity LESSON_FINISHED',
    'LearnerActivity LESSON_RATED',
    'OrderCancellation CANCELED',
    'OrderChange AWAITING_REFUND',
    'OrderChange CHARGED_BACK',
    'OrderChange EXPIRED',
    'OrderChange OPENED',
    'OrderChange PAID',
    'OrderChange REFUNDED',
    'SubscriptionCancellation CANCELED',
    'SubscriptionChange CREATED',
    'TicketCancellation CANCELED',
    'TicketChange ADDED',
    'TicketChange CHECKED_IN',
  ]);
  // Nothing lies in the future, so the days before have something at the same time as well.
  for (const back of [1, 7]) {
    const before = await countOf(back);
    for (const name of ['OrderChange PAID', 'TicketChange ADDED', 'BookingChange CREATED', 'CartAbandonment'])
      expect(before.get(name), `${name} ${back} days ago`).toBeGreaterThan(1);
  }
});
