import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { type Name, SUBSCRIPTION, Server, makeToken, delivery } from './servers.ts';

const SUBSCRIBERS = 1_000;
const PEERS: readonly Name[] = ['gateway', 'mercurius', 'yoga'];
const PER_SECOND = 10;
const SECONDS = 20;
const WARM_UP = 5;

/** Measures the time from the post of a webhook to the frame in the subscriber's process, at a usual rate. */
export async function main(options: readonly string[] = []): Promise<void> {
  if (options[0] === '--workers') return (await import('./workers.ts')).main(options[1] ?? '1,2,4');
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const token = await makeToken();
  console.log(`${SUBSCRIBERS} subscribers, ${PER_SECOND} events/s for ${SECONDS} s: posted to received`);
  try {
    for (const name of PEERS) {
      const server = await Server.start(name, { BENCH_DATABASE: join(folder, name, 'x.db') });
      const crowd = new Crowd();
      try {
        await crowd.open(server.webSocketUrl, SUBSCRIBERS, { tokens: [token], query: SUBSCRIPTION, look: 'latency' });
        if (name === 'gateway') await crowd.until(({ ready }) => ready === SUBSCRIBERS);
        await post(server, WARM_UP);
        await crowd.until(({ received }) => received === SUBSCRIBERS * PER_SECOND * WARM_UP);
        await crowd.ask({ do: 'reset' });
        await post(server, SECONDS);
        await crowd.until(({ received }) => received === SUBSCRIBERS * PER_SECOND * SECONDS);
        const { latencies } = await crowd.ask({ do: 'count', latencies: true });
        const sorted = latencies.toSorted((a, b) => a - b);
        const at = (share: number) =>
          sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
        console.log(`  ${name.padEnd(10)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`);
      } finally {
        crowd.end();
        await server.end();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function post(server: Server, seconds: number): Promise<void> {
  const deliveries: Promise<void>[] = [];
  for (let event = 0; event < seconds * PER_SECOND; event += 1) {
    const id = `t${performance.timeOrigin + performance.now()}`;
    deliveries.push(server.post(delivery(id)));
    await setTimeout(1_000 / PER_SECOND);
  }
  await Promise.all(deliveries);
}
