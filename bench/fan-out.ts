import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Crowd } from './crowd.ts';
import { median } from './load.ts';
import { type Name, SUBSCRIPTION, Server, delivery, makeToken, oneMessage } from './servers.ts';

const SUBSCRIBERS = 1_000;
const PEERS: readonly Name[] = ['bare ws', 'gateway', 'mercurius', 'yoga'];
const ROUNDS = 3;
/** Events of each round, and of the warm-up. Slow peers get fewer, because each event takes them ten times as long. */
const EVENTS: Partial<Record<Name, number>> = { 'bare ws': 300, gateway: 300, mercurius: 60, yoga: 60 };
const BURST = 20;
/** Subscribers of each tenant, and the numbers of tenants that are compared. */
const OF_A_TENANT = 10;
const TENANTS = [10, 1_000] as const;

interface Measured {
  /** Microseconds of the server's CPU for each message that a subscriber got. */
  readonly cpu: number;
  /** Messages a second, by the clock. */
  readonly rate: number;
}

/** Measures what a message costs the gateway, beside a broadcast of prepared bytes and two GraphQL servers. */
export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  try {
    await compare(folder);
    await separateTenants(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string): Promise<void> {
  const token = await makeToken();
  const running: { server: Server; crowd: Crowd }[] = [];
  const modes = { 'one at a time': 1, 'bursts of 20': BURST };
  const results = new Map<string, Measured[]>();
  let message = '';
  try {
    // The gateway comes first, because `bare ws` sends a copy of its message.
    for (const name of ['gateway', ...PEERS.filter((peer) => peer !== 'gateway')] as const) {
      const server = await Server.start(name, { BENCH_DATABASE: join(folder, name, 'x.db'), BENCH_MESSAGE: message });
      const crowd = new Crowd();
      running.push({ server, crowd });
      const plain = name === 'bare ws';
      await crowd.open(server.webSocketUrl, SUBSCRIBERS, { tokens: [token], query: SUBSCRIPTION, plain });
      if (name === 'gateway') {
        await crowd.until(({ ready }) => ready === SUBSCRIBERS);
        message = await oneMessage(server);
      }
      await send(server, crowd, EVENTS[name]!, 1);
      await send(server, crowd, EVENTS[name]!, BURST);
    }
    console.log(`${SUBSCRIBERS} subscribers, ${message.length} bytes a message; medians of ${ROUNDS} rounds`);
    // The servers take turns, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [mode, inFlight] of Object.entries(modes)) {
        for (const { server, crowd } of running) {
          const key = `${mode} ${server.name}`;
          results.set(key, [...(results.get(key) ?? []), await send(server, crowd, EVENTS[server.name]!, inFlight)]);
        }
      }
    }
  } finally {
    for (const { server, crowd } of running) {
      crowd.end();
      await server.end();
    }
  }
  for (const mode of Object.keys(modes)) {
    console.log(`\n${mode}`);
    const of = (name: Name, what: keyof Measured) => median(results.get(`${mode} ${name}`)!.map((one) => one[what]));
    for (const name of PEERS) {
      const ratio = (of(name, 'cpu') / of('bare ws', 'cpu')).toFixed(2);
      const cpu = of(name, 'cpu').toFixed(1).padStart(6);
      const rate = String(Math.round(of(name, 'rate'))).padStart(7);
      console.log(`  ${name.padEnd(10)} ${cpu} µs of CPU a message (${ratio} × bare ws), ${rate} messages/s`);
    }
    console.log(`  gateway / yoga: ${(of('gateway', 'cpu') / of('yoga', 'cpu')).toFixed(3)}`);
  }
}

/** Posts events, `inFlight` at a time, and waits each time until every subscriber has them. */
async function send(server: Server, crowd: Crowd, events: number, inFlight: number): Promise<Measured> {
  await crowd.ask({ do: 'reset' });
  const before = await server.usage();
  const began = performance.now();
  for (let sent = 0; sent < events;) {
    const count = Math.min(inFlight, events - sent);
    await Promise.all(Array.from({ length: count }, () => server.post(delivery())));
    sent += count;
    await crowd.until(({ received }) => received >= sent * SUBSCRIBERS, 1);
  }
  const seconds = (performance.now() - began) / 1000;
  const { cpu } = await server.usage();
  const messages = events * SUBSCRIBERS;
  return { cpu: (cpu - before.cpu) / messages, rate: messages / seconds };
}

/** Posts events of one tenant among many: subscribers of other tenants must cost nothing. */
async function separateTenants(folder: string): Promise<void> {
  console.log(`\none event at a time for one of many tenants, ${OF_A_TENANT} subscribers each`);
  const running: { server: Server; crowd: Crowd; tenants: number; costs: number[] }[] = [];
  try {
    for (const tenants of TENANTS) {
      const server = await Server.start('gateway', { BENCH_DATABASE: join(folder, `tenants-${tenants}`, 'x.db') });
      const crowd = new Crowd();
      running.push({ server, crowd, tenants, costs: [] });
      const tokens = await Promise.all(Array.from({ length: tenants }, (_, tenant) => makeToken([`eduzz:${tenant}`])));
      await crowd.open(server.webSocketUrl, tenants * OF_A_TENANT, { tokens, query: SUBSCRIPTION });
      await crowd.until(({ ready }) => ready === tenants * OF_A_TENANT);
    }
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const { server, crowd, tenants, costs } of running) {
        await crowd.ask({ do: 'reset' });
        const before = await server.usage();
        for (let event = 0; event < EVENTS.gateway!; event += 1) {
          await server.post(delivery(undefined, String(event % tenants)));
          await crowd.until(({ received }) => received >= (event + 1) * OF_A_TENANT, 1);
        }
        const { cpu } = await server.usage();
        // The first round is not counted: the code is compiled in it.
        if (round >= 0) costs.push((cpu - before.cpu) / EVENTS.gateway!);
      }
    }
    for (const { tenants, costs } of running) {
      console.log(`  ${String(tenants).padStart(5)} tenants: ${median(costs).toFixed(0)} µs of CPU an event`);
    }
    const [few, many] = running.map(({ costs }) => median(costs)) as [number, number];
    console.log(`  ${(many / few).toFixed(2)} ×`);
  } finally {
    for (const { server, crowd } of running) {
      crowd.end();
      await server.end();
    }
  }
}
