import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { type Name, SUBSCRIPTION, Server, makeToken, delivery } from './servers.ts';

const IDLE = 5_000;
const PEERS: readonly Name[] = ['bare ws', 'gateway', 'mercurius', 'yoga'];
/** Subscribers that stall, subscribers that go on reading, and the events that pass meanwhile. */
const STALLED = 50;
const HEALTHY = 50;
const EVENTS = 10_000;
const IN_FLIGHT = 20;

/** Measures the memory of an idle subscriber, beside peers, and the memory of stalled subscribers while many events pass. */
export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  try {
    await idle(folder);
    await stalled(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function idle(folder: string): Promise<void> {
  console.log(
    `${IDLE} idle subscribers beside ${IDLE} others; heap is V8's and what it knows of outside, after collection`,
  );
  const token = await makeToken();
  let bare = { heap: Number.NaN, rss: Number.NaN };
  for (const name of PEERS) {
    const server = await Server.start(name, { BENCH_DATABASE: join(folder, name, 'x.db'), BENCH_MESSAGE: 'x' });
    const crowd = new Crowd();
    const plain = name === 'bare ws';
    const open = (count: number) =>
      crowd.open(server.webSocketUrl, count, { tokens: [token], query: SUBSCRIPTION, plain });
    try {
      // The first subscribers load and compile code, and let the heap grow. So only the share of the next ones is measured.
      await open(IDLE);
      await setTimeout(2_000);
      const before = await server.usage('collected');
      await open(IDLE);
      await setTimeout(2_000);
      const after = await server.usage('collected');
      const heap = (after.heap - before.heap) / IDLE / 1024;
      const rss = (after.rss - before.rss) / IDLE / 1024;
      if (plain) bare = { heap, rss };
      const ratio = (what: 'heap' | 'rss', value: number) =>
        `${value.toFixed(1)} kB (${(value / bare[what]).toFixed(2)} × bare ws)`;
      console.log(`  ${name.padEnd(10)} heap ${ratio('heap', heap)}, resident ${ratio('rss', rss)}`);
    } finally {
      crowd.end();
      await server.end();
    }
  }
}

async function stalled(folder: string): Promise<void> {
  const server = await Server.start('gateway', { BENCH_DATABASE: join(folder, 'stalled', 'x.db') });
  const tokens = [await makeToken()];
  const healthy = new Crowd();
  const stalling = new Crowd();
  try {
    for (const crowd of [healthy, stalling]) {
      const count = crowd === healthy ? HEALTHY : STALLED;
      await crowd.open(server.webSocketUrl, count, { tokens, query: SUBSCRIPTION });
      await crowd.until(({ ready }) => ready === count);
    }
    const post = async (count: number) => {
      let next = 0;
      const work = async () => {
        while ((next += 1) <= count) await server.post(delivery());
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    };
    // Events first pass while nobody stalls, so that the memory that events themselves take is there before the measurement.
    await post(EVENTS);
    await healthy.until(({ received }) => received === EVENTS * HEALTHY);
    await stalling.until(({ received }) => received === EVENTS * STALLED);
    const before = await server.usage('collected');
    await stalling.ask({ do: 'pause', count: STALLED });
    const began = performance.now();
    await post(EVENTS);
    await healthy.until(({ received }) => received === 2 * EVENTS * HEALTHY);
    const seconds = (performance.now() - began) / 1000;
    const during = await server.usage('collected');
    const { received } = await stalling.ask({ do: 'count' });
    await stalling.ask({ do: 'resume', count: STALLED });
    await stalling.until(({ received }) => received === 2 * EVENTS * STALLED);
    const heap = (during.heap - before.heap) / 1024 / 1024;
    const rss = (during.rss - before.rss) / 1024 / 1024;
    console.log(
      `\n${STALLED} of ${STALLED + HEALTHY} subscribers stall while ${EVENTS} events pass in ${seconds.toFixed(1)} s`,
    );
    console.log(`  growth ${heap.toFixed(1)} MB of heap, ${rss.toFixed(1)} MB resident`);
    console.log(
      `  the others got everything; those that stalled had ${Math.round(received / STALLED)} of ${2 * EVENTS}`,
    );
    console.log('  and the rest when they read again');
  } finally {
    for (const crowd of [healthy, stalling]) crowd.end();
    await server.end();
  }
}
