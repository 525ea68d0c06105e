import { expect, it } from 'vitest';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { TestGateway } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';

/** The cancellation of a booking, as the states of it count. */
function state(id: string, entityId: string, booking: Record<string, unknown>, event: Record<string, unknown> = {}) {
  return wixClaims(bookingCanceledEvent({ id, entityId, ...event, booking: { id: entityId, ...booking } }));
}

it('IN10.1 records an older state of a booking that arrives later, and marks it as superseded, live and afterwards', async () => {
  const gateway = await TestGateway.start();
  const query =
    'subscription { stream: events { __typename cursor ... on EventEdge { node { eventId superseded } } } }';
  const live = await Subscriber.open(gateway, { query });
  await live.caughtUp();
  await gateway.wix(state('r9', 'one', { revision: '9' }));
  await gateway.wix(state('r10', 'one', { revision: '10' }));
  await gateway.wix(state('r3', 'one', { revision: '3' }));
  await gateway.wix(state('r10-too', 'one', { revision: '10' }));
  await gateway.wix(state('other', 'two', { revision: '1' }));
  // Sequences count apart from revisions, and beyond what a double holds.
  await gateway.wix(state('s2', 'one', { revision: '2' }, { entityEventSequence: '9007199254740993' }));
  await gateway.wix(state('s1', 'one', { revision: '11' }, { entityEventSequence: '9007199254740992' }));
  await live.events(7);
  const told = Object.fromEntries(
    live.messages.flatMap(({ node }) => (node ? [[node['eventId'], node['superseded']]] : [])),
  );
  expect(told).toEqual({ r9: false, r10: false, r3: true, 'r10-too': false, other: false, s2: false, s1: true });
  const { data } = await gateway.query('{ events { edges { node { eventId superseded } } } }');
  expect(Object.fromEntries(data?.['events'].edges.map(({ node }: any) => [node.eventId, node.superseded]))).toEqual(
    told,
  );
});
