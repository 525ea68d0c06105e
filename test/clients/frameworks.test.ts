import { effectScope } from '@vue/reactivity';
import { type Client, createClient } from 'graphql-ws';
import { get } from 'svelte/store';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { deliver } from '../support/deliver.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';
import { cancellationsOf } from './recipes/svelte.ts';
import { useCancellations } from './recipes/vue.ts';
import { endClient } from '../support/ending.ts';

let gateway: TestGateway;
beforeAll(async () => void (gateway = await TestGateway.start({ lasting: true })));
afterAll(() => gateway.end());

function clientOf(): { client: Client; isConnected: () => boolean } {
  let connected = 0;
  const client = createClient({
    url: gateway.webSocketUrl,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await makeToken()}` }),
    retryAttempts: 0,
    on: { connected: () => (connected += 1), closed: () => (connected -= 1) },
  });
  onTestFinished(() => endClient(client));
  return { client, isConnected: () => connected > 0 };
}

interface Shown {
  readonly node: { readonly eventId: string; readonly title: string | null };
}
const shown = (rows: readonly Shown[]) => rows.map(({ node }) => `${node.eventId}: ${node.title}`);

it('LIVE1.30 keeps a list in Vue for as long as its component is there', async () => {
  const { client, isConnected } = clientOf();
  await deliver(gateway, canceledTicket('before Vue'));
  const scope = effectScope();
  const { view } = scope.run(() => useCancellations(client))!;
  await expect.poll(() => view.value.status).toBe('live');
  await deliver(gateway, canceledTicket('in Vue'));
  await expect
    .poll(() => shown(view.value.rows).slice(0, 2))
    .toEqual(['in Vue: Noite de Choro', 'before Vue: Noite de Choro']);
  scope.stop();
  await expect.poll(isConnected).toBe(false);
});

it('LIVE1.30 keeps a list in a store of Svelte for as long as somebody looks at it', async () => {
  const { client, isConnected } = clientOf();
  await deliver(gateway, canceledTicket('before Svelte'));
  const cancellations = cancellationsOf(client);
  expect(get(cancellations).rows).toEqual([]);
  const forget = cancellations.subscribe(() => {});
  await expect.poll(() => get(cancellations).status).toBe('live');
  await deliver(gateway, canceledTicket('in Svelte'));
  await expect
    .poll(() => shown(get(cancellations).rows).slice(0, 2))
    .toEqual(['in Svelte: Noite de Choro', 'before Svelte: Noite de Choro']);
  forget();
  await expect.poll(isConnected).toBe(false);
});
