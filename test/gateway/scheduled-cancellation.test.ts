import { expect, it } from 'vitest';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { stripeDeleted, stripeUpdated } from '../fixtures/providers.ts';
import { TestGateway } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';

const DECIDED = 1_778_000_000;
const ENDED = 1_790_000_000;
const NODE = `
  __typename eventId superseded
  ... on Cancellation { isScheduled endsAt occurredAt }
  ... on SubscriptionEvent { subscriptionId title reason price { amount } }
  ... on SubscriptionChange { subscriptionChange previousEndsAt { instant } }`;
const FOLLOW = `subscription { stream: events { __typename cursor ... on EventEdge { node { ${NODE} } } } }`;
const COUNT = `subscription ($after: String) { stream: activity(after: $after, bucket: MINUTE) {
  __typename cursor ... on ActivityChange { startsAt cancellations } } }`;
const ASK = `query ($from: DateTime!, $to: DateTime!) {
  activity(from: $from, to: $to, bucket: DAY) { buckets { startsAt cancellations } } }`;

const provider = stripe({ secrets: ['whsec_of-scheduled-cancellations'] });
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

async function started() {
  const gateway = await TestGateway.start({ sources: new Map([['stripe', provider]]) });
  const send = async (payload: Record<string, unknown>) => {
    const { body } = await gateway.post('stripe', await provider.sign!(payload, new Date()));
    return body['status'];
  };
  const [told, counts] = [
    await Subscriber.open(gateway, { query: FOLLOW }),
    await Subscriber.open(gateway, { query: COUNT }),
  ];
  await Promise.all([told.caughtUp(), counts.caughtUp()]);
  /** In each day in which there was any. */
  const counted = async () => {
    const { data } = await gateway.query(ASK, { from: iso(DECIDED - 86_400), to: iso(DECIDED + 8_000_000) });
    const later = await gateway.query(ASK, { from: iso(ENDED - 86_400), to: iso(ENDED + 86_400) });
    const buckets: any[] = [...data!['activity'].buckets, ...later.data!['activity'].buckets];
    return buckets.flatMap(({ startsAt, cancellations }) =>
      cancellations ? [[startsAt.slice(0, 10), cancellations]] : [],
    );
  };
  return { gateway, send, told, counts, counted };
}

it('LOG7.9 counts a subscription once when it ends, and not when that is decided, delivered twice, moved, undone or late', async () => {
  const { gateway, send, told, counts, counted } = await started();
  const update = (id: string, created: number, subscription = {}, before?: Record<string, unknown>) =>
    send(stripeUpdated({ cancel_at: ENDED, ...subscription }, before, { id, created }));

  expect(await update('decided', DECIDED)).toBe('accepted');
  expect(await update('decided', DECIDED)).toBe('duplicate');
  await update('moved', DECIDED + 10, {}, { cancel_at: ENDED + 60 });
  await update('noted', DECIDED + 20, {}, { metadata: {} });
  await update('explained', DECIDED + 25, {}, { cancellation_details: { comment: null } });
  await update('undone', DECIDED + 30, { cancel_at: null }, { cancel_at: ENDED });
  await update('decided again', DECIDED + 40);
  await told.events(6);
  expect(await counted()).toEqual([]);

  await send(stripeDeleted({ canceled_at: DECIDED, ended_at: ENDED }, { id: 'ended', created: ENDED + 1 }));
  // Made before it ended, and delivered after.
  await update('late', DECIDED + 50);
  await told.events(8);
  expect(told.messages.flatMap(({ node }) => node ?? [])).toMatchObject([
    {
      __typename: 'SubscriptionCancellation',
      eventId: 'decided',
      isScheduled: true,
      occurredAt: iso(DECIDED),
      endsAt: iso(ENDED),
      title: 'Season ticket',
      price: { amount: '9.90' },
    },
    {
      __typename: 'SubscriptionChange',
      eventId: 'moved',
      subscriptionChange: 'CANCELLATION_RESCHEDULED',
      subscriptionId: 'sub_1Invented',
      previousEndsAt: { instant: iso(ENDED + 60) },
    },
    { __typename: 'OtherEvent', eventId: 'noted' },
    { __typename: 'SubscriptionChange', eventId: 'explained', reason: 'Olga moves away' },
    { __typename: 'SubscriptionChange', eventId: 'undone', subscriptionChange: 'CANCELLATION_UNDONE' },
    { __typename: 'SubscriptionCancellation', eventId: 'decided again', isScheduled: true, superseded: false },
    { eventId: 'ended', isScheduled: false, superseded: false, occurredAt: iso(ENDED), endsAt: iso(ENDED) },
    { __typename: 'SubscriptionCancellation', eventId: 'late', isScheduled: true, superseded: true },
  ]);

  expect(await counted()).toEqual([[iso(ENDED).slice(0, 10), 1]]);
  // One that is counted comes after the late one, so that nothing can still be on its way.
  const other = { id: 'sub_2Invented', canceled_at: DECIDED, ended_at: DECIDED };
  await send(stripeDeleted(other, { id: 'never scheduled', created: DECIDED }));
  await counts.until(({ messages }) => messages.length >= 3);
  const changes = [
    { __typename: 'CaughtUp' },
    { __typename: 'ActivityChange', startsAt: iso(ENDED - (ENDED % 60)), cancellations: 1 },
    { __typename: 'ActivityChange', startsAt: iso(DECIDED - (DECIDED % 60)), cancellations: 1 },
  ];
  expect(counts.messages).toMatchObject(changes);
  const again = await Subscriber.open(gateway, { query: COUNT, variables: { after: counts.messages[0]!.cursor } });
  await again.caughtUp();
  expect(again.messages).toMatchObject([changes[1], changes[2], changes[0]]);
  expect(await counted()).toEqual([
    [iso(DECIDED).slice(0, 10), 1],
    [iso(ENDED).slice(0, 10), 1],
  ]);
  const listed = await gateway.query('{ cancellations { edges { node { eventId isScheduled } } } }');
  expect(listed.data!['cancellations'].edges.map(({ node }: any) => [node.eventId, node.isScheduled])).toEqual([
    ['decided', true],
    ['decided again', true],
    ['ended', false],
    ['late', true],
    ['never scheduled', false],
  ]);
});
