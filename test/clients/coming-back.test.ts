import { gql } from '@apollo/client';
import { createClient } from 'graphql-sse';
import { expect, it, onTestFinished } from 'vitest';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { EagerProxy } from '../support/eager-proxy.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { type Client, followers, lists } from './clients.ts';
import * as apollo from './recipes/apollo.ts';
import { FOLLOW, type Followed } from './recipes/documents.ts';
import { overWebSocket } from './recipes/websocket.ts';
import { Seen } from './seen.ts';

/** Alone it can't resume, but it can come back. */
const graphqlSseAlone: Client = ({ url, token, after, onMessage, onError }) =>
  createClient({
    url,
    headers: async () => ({ authorization: `Bearer ${await token()}` }),
    retry: () => new Promise((resolve) => setTimeout(resolve, 100)),
  }).subscribe<Followed>(
    { query: FOLLOW, variables: { after } },
    {
      next: ({ data }) => {
        if (data) onMessage(data.cancellations);
      },
      error: onError,
      complete: () => onError(new Error('complete')),
    },
  );

it('AUTH3.3 brings every client back with a fresh token, by itself', async () => {
  const gateway = await TestGateway.start();
  const beginning = (await gateway.query('{ cancellations { head } }')).data!['cancellations'].head as string;
  const all = Object.entries({ ...followers, ...lists, 'graphql-sse alone': graphqlSseAlone }).map(([name, client]) => {
    // The first of a list is for its query, which asks once: on a machine that is busy, one of a few seconds may come too late.
    const expires = (nth: number) => (nth === (name in lists ? 2 : 1) ? 8 : 600);
    const token = (nth: number) => makeToken({ expires: expires(nth) });
    return { name, seen: new Seen(client, gateway, { after: beginning, token }) };
  });
  const whoever = (condition: (seen: Seen) => boolean) =>
    all.filter(({ seen }) => condition(seen)).map(({ name, seen: { ids, errors } }) => ({ name, ids, errors }));
  await gateway.eduzz(ticket('before'));
  await expect.poll(() => whoever(({ ids }) => !ids.includes('before'))).toEqual([]);
  const still = () => all.filter(({ name, seen }) => seen.tokens < (name in lists ? 3 : 2)).map(({ name }) => name);
  await expect.poll(still).toEqual([]);
  await gateway.eduzz(ticket('after'));
  await expect.poll(() => whoever(({ ids }) => ids.at(-1) !== 'after')).toEqual([]);
  expect(whoever(({ errors }) => errors.length > 0)).toEqual([]);
  const twice = whoever(({ ids }) => ids.join() !== 'before,after').map(({ name }) => name);
  expect(twice).toEqual(['graphql-sse alone']);
});

it('GQL3.2 tells every client once why it is refused', async () => {
  const gateway = await TestGateway.start();
  const all = Object.entries({ ...followers, ...lists }).map(([name, client]) => {
    const token = () => makeToken({ scope: 'pii:read' });
    return { name, seen: new Seen(client, gateway, { token }) };
  });
  await expect.poll(() => all.filter(({ seen: { errors } }) => errors.length === 0)).toEqual([]);
  for (const { name, seen } of all) expect.soft([seen.errors.length, seen.tokens], name).toEqual([1, 1]);
});

it('LIVE5.3 begins also while the gateway is away', async () => {
  const gateway = await TestGateway.start();
  const { port } = new URL(gateway.url);
  await gateway.eduzz(ticket('before'));
  await gateway.close();
  const all = Object.entries(lists).map(([name, client]) => ({ name, seen: new Seen(client, gateway) }));
  await expect.poll(() => all.filter(({ seen }) => seen.tokens === 0)).toEqual([]);
  const again = await TestGateway.start({ folder: gateway.folder, env: { PORT: port } });
  const others = () => all.filter(({ seen: { ids } }) => ids.at(-1) !== 'before').map(({ name }) => name);
  await expect.poll(others).toEqual([]);
  expect(all.flatMap(({ seen: { errors } }) => errors)).toEqual([]);
  await again.close();
});

it('LIVE5.13 comes back through a proxy that accepts a WebSocket and then finds no gateway', async () => {
  const gateway = await TestGateway.start();
  const { port } = new URL(gateway.url);
  const beginning = (await gateway.query('{ cancellations { head } }')).data!['cancellations'].head as string;
  const overWebSocket = Object.entries(followers).filter(([name]) => name.startsWith('graphql-ws'));
  expect(overWebSocket).toHaveLength(3);
  const all = await Promise.all(
    overWebSocket.map(async ([name, client]) => {
      const proxy = await EagerProxy.to(gateway.webSocketUrl);
      const through = { url: gateway.url, webSocketUrl: proxy.webSocketUrl };
      return { name, proxy, seen: new Seen(client, through, { after: beginning }) };
    }),
  );
  const without = (id: string) => all.filter(({ seen: { ids } }) => ids.at(-1) !== id).map(({ name }) => name);
  await gateway.eduzz(ticket('before'));
  await expect.poll(() => without('before')).toEqual([]);
  await gateway.close();
  await expect.poll(() => all.filter(({ proxy }) => proxy.refused < 2).map(({ name }) => name)).toEqual([]);
  const again = await TestGateway.start({ folder: gateway.folder, env: { PORT: port } });
  await again.eduzz(ticket('after'));
  await expect.poll(() => without('after')).toEqual([]);
  for (const { name, seen } of all) expect.soft([seen.ids, seen.errors], name).toEqual([['before', 'after'], []]);
  await again.close();
});

it('LIVE5.12 gives a component of Apollo that begins later all events after its cursor', async () => {
  const gateway = await TestGateway.start();
  const { head } = (await gateway.query('{ cancellations { head } }')).data!['cancellations'] as { head: string };
  const socket = overWebSocket(gateway.webSocketUrl, makeToken);
  const client = apollo.createApollo(`${gateway.url}/graphql`, makeToken, apollo.webSocketLink(socket));
  const options = { query: gql(FOLLOW), variables: { after: head }, fetchPolicy: 'no-cache' as const };
  /** A component, and the events that it has had. */
  const begin = (context: object) => {
    const ids: string[] = [];
    const following = client.subscribe<Followed>({ ...options, context }).subscribe(({ data }) => {
      if (data?.cancellations.__typename === 'CancellationEdge') ids.push(data.cancellations.node.eventId);
    });
    onTestFinished(() => following.unsubscribe());
    return ids;
  };
  const first = begin({});
  await gateway.eduzz(ticket('before'));
  await expect.poll(() => first).toEqual(['before']);
  const shares = begin({});
  const own = begin({ queryDeduplication: false });
  await gateway.eduzz(ticket('after'));
  await expect.poll(() => own).toEqual(['before', 'after']);
  await expect.poll(() => shares).toEqual(['after']);
  await socket.dispose();
});

it('LIVE5.11 shows an event with the separators of lines that JSON leaves as they are', async () => {
  const gateway = await TestGateway.start();
  const beginning = (await gateway.query('{ cancellations { head } }')).data!['cancellations'].head as string;
  const name = 'Noite\u2028de\u2029Choro\u0085';
  await gateway.eduzz(attendanceCanceled({ id: 'separated', producer: { id: 1 }, occasion: { name } }));
  await gateway.eduzz(ticket('next'));
  const all = Object.entries({ ...followers, ...lists }).map(([client, open]) => {
    return { client, seen: new Seen(open, gateway, { after: beginning }) };
  });
  const shown = ({ edges }: Seen) => edges.map(({ node }) => node.title);
  for (const { client, seen } of all) {
    await expect.poll(() => shown(seen), { message: client }).toEqual([name, 'Noite de Choro']);
    expect.soft(seen.errors, client).toEqual([]);
  }
});

function booking(id: string, bookingId: string, rest: object = {}) {
  const contactDetails = { contactId: `contact-${bookingId}`, firstName: 'Ana', email: `${bookingId}@apagada.example` };
  return wixClaims(
    bookingCanceledEvent({ id, entityId: bookingId, booking: { id: bookingId, contactDetails }, ...rest }),
  );
}

it('LIVE3.4 makes every list read itself anew after an erasure and after a gap', async () => {
  const gateway = await TestGateway.start();
  await gateway.wix(booking('ana', 'booking-a'));
  await gateway.wix(booking('rui', 'booking-b'));
  const all = Object.entries(lists).map(([name, client]) => ({ name, seen: new Seen(client, gateway) }));
  const shown = () =>
    new Set(all.map(({ seen: { edges } }) => edges.map(({ node }) => `${node.eventId} ${node.personalData}`).join()));
  await expect.poll(shown).toEqual(new Set(['ana AVAILABLE,rui AVAILABLE']));

  await gateway.wix(booking('forget', 'booking-a', { triggeredByAnonymizeRequest: true }));
  await expect.poll(shown).toEqual(new Set(['ana ERASED,rui AVAILABLE,forget ERASED']));

  const { port } = new URL(gateway.url);
  await gateway.close();
  const other = await TestGateway.start({ env: { PORT: port } });
  await other.wix(booking('elsewhere', 'booking-c'));
  await expect.poll(shown).toEqual(new Set(['elsewhere AVAILABLE']));
  await other.wix(booking('since', 'booking-d'));
  await expect.poll(shown).toEqual(new Set(['elsewhere AVAILABLE,since AVAILABLE']));
  expect(all.filter(({ seen: { errors } }) => errors.length > 0)).toEqual([]);
});
