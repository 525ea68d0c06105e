import { expect, it } from 'vitest';
import { TestGateway } from '../support/gateway.ts';
import { Providers, readAll } from '../support/providers.ts';
import { followers, lists } from './clients.ts';
import { Seen } from './seen.ts';

it('LIVE5.4 brings every stock client back from a stream that has lasted for as long as it may', async () => {
  const gateway = await TestGateway.start({ env: { EVENT_STREAM_SECONDS: '1' } });
  const beginning = (await gateway.query('{ cancellations { head } }')).data!['cancellations'].head as string;
  const all = Object.entries({ ...followers, ...lists }).map(([name, client]) => {
    return { name, seen: new Seen(client, gateway, { after: beginning }) };
  });
  const overHttp = all.filter(({ name }) => /sse|fetch|event streams|HTTP/.test(name));
  expect(overHttp).toHaveLength(7);
  const providers = new Providers(() => [gateway.url], { senders: 1, pause: 50 });
  // A list asks for a token for its query as well.
  const still = () =>
    overHttp.filter(({ seen }) => seen.tokens < 4).map(({ name, seen: { tokens } }) => ({ name, tokens }));
  await expect.poll(still).toEqual([]);
  await providers.stop();
  const log = await readAll(gateway.url);
  for (const { name, seen } of all) {
    await expect.poll(() => seen.ids.at(-1), { message: name }).toBe(log.at(-1));
    const from = name in lists ? log.indexOf(seen.ids[0]!) : 0;
    expect.soft(seen.ids, name).toEqual(log.slice(from));
    expect.soft({ errors: seen.errors, gaps: seen.gaps }, name).toEqual({ errors: [], gaps: 0 });
    // A WebSocket is asked every few seconds whether somebody is there, and stays.
    if (/WebSocket|graphql-ws/.test(name)) expect.soft(seen.tokens, name).toBeLessThanOrEqual(name in lists ? 2 : 1);
  }
});
