import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { type Gap, type StreamMessage, follow } from '../../src/client/follow.ts';
import { resuming } from '../../src/client/resuming.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { Between } from '../support/between.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { FOLLOW } from './recipes/documents.ts';

type Message = StreamMessage & { readonly node?: { readonly eventId: string } };

/** The messages that a frontend gets through a gateway in between. */
class Given {
  readonly messages: Message[] = [];
  readonly errors: unknown[] = [];
  readonly gaps: Gap[] = [];
  expired = 0;

  get ids(): string[] {
    return this.messages.flatMap(({ node }) => node?.eventId ?? []);
  }
}

interface Beginning {
  readonly after: string | null;
  readonly token?: () => Promise<string>;
}

function clientOf(url: string, token: () => Promise<string>) {
  return createClient({
    url,
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: 0,
  });
}

function byFollow({ webSocketUrl }: Between, { after, token = makeToken }: Beginning): Given {
  const given = new Given();
  const following = follow<Message>(clientOf(webSocketUrl, token), {
    query: FOLLOW,
    after,
    wait: () => 50,
    onMessage: (message) => void given.messages.push(message),
    onGap: (gap) => void given.gaps.push(gap),
    onTokenExpired: () => (given.expired += 1),
  });
  following.ended.catch((error: unknown) => given.errors.push(error));
  onTestFinished(() => following.stop());
  return given;
}

function byResuming({ webSocketUrl }: Between, { after, token = makeToken }: Beginning): Given {
  const given = new Given();
  const stop = resuming(clientOf(webSocketUrl, token)).subscribe(
    { query: FOLLOW, variables: { after } },
    {
      next: ({ data }: { data?: { cancellations: Message } }) => {
        if (data) given.messages.push(data.cancellations);
      },
      error: (error) => given.errors.push(error),
      complete: () => given.errors.push('complete'),
    },
  );
  onTestFinished(stop);
  return given;
}

const caughtUp = ({ messages }: Given) => messages.some(({ __typename }) => __typename?.endsWith('CaughtUp'));

it.each([
  ['subscribes again by itself', true, ''],
  ['completes what it has lost, and renames types', false, 'Hook_'],
])('LIVE1.14 gives each event once behind a GraphQL gateway that %s', async (_what, resubscribes, prefix) => {
  const gateway = await TestGateway.start();
  const { folder } = gateway;
  const env = { PORT: new URL(gateway.url).port };
  const beginning = (await gateway.query('{ cancellations { head } }')).data!['cancellations'].head as string;
  const between = await Between.start(gateway.webSocketUrl, { resubscribes, prefix });
  // From a cursor, all would come again; from now on, what happens meanwhile would be missed.
  const all = [beginning, null].flatMap((after) => [byFollow(between, { after }), byResuming(between, { after })]);
  await expect.poll(() => all.every(caughtUp)).toBe(true);
  await gateway.eduzz(ticket('one'));
  await expect.poll(() => all.map(({ ids }) => ids.join())).toEqual(Array(4).fill('one'));

  await gateway.close();
  const elsewhere = await TestGateway.start({ folder });
  await elsewhere.eduzz(ticket('two'));
  await elsewhere.close();
  const again = await TestGateway.start({ folder, env });
  await expect.poll(() => all.map(({ ids }) => ids.join())).toEqual(Array(4).fill('one,two'));
  await again.eduzz(ticket('three'));
  await expect.poll(() => all.map(({ ids }) => ids.join())).toEqual(Array(4).fill('one,two,three'));
  expect(all.flatMap(({ errors, gaps }) => [...errors, ...gaps])).toEqual([]);
  // It has come back by itself before its frontends did, or else this has shown nothing of it.
  expect(between.count.returns > 0).toBe(resubscribes);
});

it('LIVE1.14 takes a renamed gap for a gap, and asks for a fresh token, behind a GraphQL gateway', async () => {
  const gateway = await TestGateway.start();
  const between = await Between.start(gateway.webSocketUrl, { resubscribes: false, prefix: 'Hook_' });
  let tokens = 0;
  const token = () => makeToken({ expires: (tokens += 1) === 1 ? 5 : 600 });
  const elsewhere = Buffer.from('AAAAAAAAAAAAAAAA:9').toString('base64url');
  const given = byFollow(between, { after: elsewhere, token });
  await expect.poll(() => given.gaps.map(({ __typename }) => __typename)).toEqual(['Hook_Gap']);
  await expect.poll(() => [given.expired, tokens]).toEqual([1, 2]);
  await gateway.eduzz(ticket('one'));
  await expect.poll(() => given.ids).toEqual(['one']);
  expect(given.errors).toEqual([]);
});
