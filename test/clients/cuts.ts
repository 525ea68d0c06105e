import { expect } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Providers, readAll } from '../support/providers.ts';
import { Proxy } from '../support/proxy.ts';
import { type Client, lists } from './clients.ts';
import { Seen } from './seen.ts';

type Clients = Readonly<Record<string, Client>>;

async function headOf(url: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({ query: '{ cancellations { head } }' }),
  });
  const { data } = (await response.json()) as { data: { cancellations: { head: string } } };
  return data.cancellations.head;
}

/** All of them through a drain and a kill, under deliveries: none may miss an event or have one twice. */
export async function throughRestarts(clients: Clients): Promise<void> {
  const env = environment(temporaryFolder());
  let gateway = await GatewayProcess.start(env);
  const { port } = new URL(gateway.url);
  const beginning = await headOf(gateway.url);
  const providers = new Providers(() => [gateway.url], { senders: 1, pause: 30 });
  const recorded = () => [...providers.acknowledged];
  await expect.poll(() => recorded().length).toBeGreaterThan(2);

  const all = new Map(
    Object.entries(clients).map(([name, client]) => [name, new Seen(client, gateway, { after: beginning })]),
  );
  /** Until each of them follows: it has something that was recorded after this was asked. */
  const following = async () => {
    const before = new Set(recorded());
    const isBehind = ({ ids }: Seen) => ids.every((id) => before.has(id));
    const behind = () => [...all].filter(([, seen]) => isBehind(seen)).map(([name, { errors }]) => ({ name, errors }));
    await expect.poll(behind).toEqual([]);
  };

  await following();
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const code = await gateway.end(signal);
    if (signal === 'SIGTERM') expect(code).toBe(0);
    gateway = await GatewayProcess.start({ ...env, PORT: port });
    await following();
  }
  await providers.stop();
  const log = await readAll(gateway.url);
  for (const [name, seen] of all) {
    await expect.poll(() => seen.ids.at(-1), { message: name }).toBe(log.at(-1));
    seen.stop();
    // A list begins with what happened lately, and a follower with everything.
    const from = name in lists ? log.indexOf(seen.ids[0]!) : 0;
    expect.soft(seen.ids, name).toEqual(log.slice(from));
    expect.soft({ errors: seen.errors, gaps: seen.gaps }, name).toEqual({ errors: [], gaps: 0 });
    expect.soft(seen.tokens, name).toBeGreaterThanOrEqual(3);
  }
}

/** All of them through a cut that nobody is told of. */
export async function throughSilence(clients: Clients): Promise<void> {
  const gateway = await TestGateway.start();
  const beginning = (await gateway.query('{ cancellations { head } }')).data!['cancellations'].head as string;
  const proxy = await Proxy.to(gateway.url);
  const url = proxy.url.replace(/\/$/, '');
  const through = { url, webSocketUrl: `${url.replace('http', 'ws')}/graphql` };
  const all = Object.entries(clients).map(([name, client]) => {
    return { name, seen: new Seen(client, through, { after: beginning }) };
  });
  const without = (id: string) =>
    all.filter(({ seen: { ids } }) => ids.at(-1) !== id).map(({ name, seen: { errors } }) => ({ name, errors }));
  await gateway.eduzz(ticket('before'));
  await expect.poll(() => without('before')).toEqual([]);
  // A list has the first one from its query, when its subscription may be about to connect. The second comes through that.
  await gateway.eduzz(ticket('live'));
  await expect.poll(() => without('live')).toEqual([]);
  proxy.fallSilent();
  await gateway.eduzz(ticket('meanwhile'));
  proxy.recover();
  // They notice after half a minute at most, by themselves: what they were connected to never says another word.
  await expect.poll(() => without('meanwhile')).toEqual([]);
  for (const { name, seen } of all) {
    expect
      .soft({ ids: seen.ids, errors: seen.errors }, name)
      .toEqual({ ids: ['before', 'live', 'meanwhile'], errors: [] });
  }
}
