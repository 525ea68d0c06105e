import { expect, it } from 'vitest';
import { GatewayProcess } from '../support/child.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Providers, readAll } from '../support/providers.ts';
import { followers, lists } from './clients.ts';
import { Seen } from './seen.ts';

async function headOf(url: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({ query: '{ cancellations { head } }' }),
  });
  const { data } = (await response.json()) as { data: { cancellations: { head: string } } };
  return data.cancellations.head;
}

it('LIVE5.2 keeps every stock client whole across a drain and a kill under deliveries', async () => {
  const env = environment(temporaryFolder());
  let gateway = await GatewayProcess.start(env);
  const { port } = new URL(gateway.url);
  const beginning = await headOf(gateway.url);
  const providers = new Providers(() => [gateway.url], { senders: 1, pause: 30 });
  const recorded = () => [...providers.acknowledged];
  await expect.poll(() => recorded().length).toBeGreaterThan(2);

  const clients = Object.entries({ ...followers, ...lists });
  const all = new Map(clients.map(([name, client]) => [name, new Seen(client, gateway, { after: beginning })]));
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
});
