import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { type FollowState, type StreamMessage, follow } from '../../src/client/follow.ts';
import { failWhenSilent } from '../../src/client/silence.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { Proxy } from '../support/proxy.ts';
import { EVENTS } from '../support/subscriber.ts';
import { followers, lists } from './clients.ts';
import { throughSilence } from './cuts.ts';

it('LIVE5.5 brings every client back from a connection that has fallen silent, each with every event once', () =>
  throughSilence({ ...followers, ...lists }));

it.each([0, 5])(
  'LIVE1.9 follows on over another connection, and says so, the client retrying %i times',
  async (retryAttempts) => {
    const gateway = await TestGateway.start();
    const proxy = await Proxy.to(gateway.url);
    const token = await makeToken();
    const client = createClient({
      url: `${proxy.url.replace('http', 'ws')}graphql`,
      retryAttempts,
      retryWait: async () => {},
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const seen: string[] = [];
    const states: FollowState[] = [];
    const reasons: string[] = [];
    const following = follow<StreamMessage & { readonly node?: { readonly eventId: string } }>(client, {
      query: EVENTS,
      patience: 1_000,
      wait: () => 10,
      onMessage: ({ node }) => void (node && seen.push(node.eventId)),
      onGap: () => {},
      onState: (state, reason) => {
        states.push(state);
        if (reason) reasons.push(reason.message);
      },
    });
    onTestFinished(() => following.stop());
    await expect.poll(() => states.at(-1)).toBe('live');
    await gateway.eduzz(ticket('before'));
    await expect.poll(() => seen).toEqual(['before']);
    const heard = reasons.length;
    proxy.fallSilent();
    await gateway.eduzz(ticket('meanwhile'));
    await expect.poll(() => reasons.slice(heard)).toContainEqual(expect.stringMatching(/^The gateway sent nothing/));
    expect(['waiting', 'connecting']).toContain(states.at(-1));
    proxy.recover();
    await expect.poll(() => seen).toEqual(['before', 'meanwhile']);
    await expect.poll(() => states.at(-1)).toBe('live');
  },
);

it('LIVE1.9 fails an event stream that falls silent, but not one that is quiet or waits for its reader', async () => {
  const gateway = await TestGateway.start();
  const proxy = await Proxy.to(gateway.url);
  const authorization = `Bearer ${await makeToken()}`;
  const ask = (url: string, patience: number) =>
    failWhenSilent(fetch, { patience })(`${url.replace(/\/$/, '')}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
      body: JSON.stringify({ query: 'subscription { events { __typename cursor } }' }),
    });
  const silent = (await ask(proxy.url, 500)).body!.getReader();
  const unread = (await ask(gateway.url, 500)).body!.getReader();
  await silent.read();
  await unread.read();
  proxy.fallSilent();
  await expect(silent.read()).rejects.toThrow('The gateway sent nothing for 500 ms.');
  // It has said nothing for as long, but nobody has listened.
  await gateway.eduzz(ticket('one'));
  const { value } = await unread.read();
  expect(new TextDecoder().decode(value)).toContain('EventEdge');
  await unread.cancel();
});
