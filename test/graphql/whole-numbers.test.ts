import { expect, it } from 'vitest';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { stripeDeleted } from '../fixtures/providers.ts';
import { TestGateway } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';

const SECRET = 'whsec_of_the_whole_numbers';
const FIELDS = '... on SubscriptionCancellation { quantity interval { unit count } }';

it('IN6.1 serves whole numbers that GraphQL’s Int can’t hold, in lists and in streams', async () => {
  const provider = stripe({ secrets: [SECRET] });
  const gateway = await TestGateway.start({ sources: new Map([['stripe', provider]]) });
  const query = `subscription { stream: events { __typename cursor ... on EventEdge { node { eventId ${FIELDS} } } } }`;
  const subscriber = await Subscriber.open(gateway, { query });
  await subscriber.caughtUp();
  const [quantity, count] = [3_000_000_000, Number.MAX_SAFE_INTEGER];
  const price = {
    currency: 'eur',
    unit_amount: 1,
    product: 'p',
    recurring: { interval: 'month', interval_count: count },
  };
  const payload = stripeDeleted({ items: { data: [{ quantity, price }] } });
  expect((await gateway.post('stripe', await provider.sign!(payload, new Date()))).body).toMatchObject({
    status: 'accepted',
  });
  const served = { quantity, interval: { unit: 'month', count } };
  await subscriber.events(1);
  expect(subscriber.messages.at(-1)!.node).toMatchObject(served);
  const { data, errors } = await gateway.query(`{ events(last: 1) { edges { node { eventId ${FIELDS} } } } }`);
  expect([errors, data!['events'].edges[0].node]).toEqual([undefined, expect.objectContaining(served)]);
});
