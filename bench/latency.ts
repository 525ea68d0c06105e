import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { median } from './load.ts';
import { type Name, SUBSCRIPTION, Server, delivery, makeToken, oneMessage } from './servers.ts';

const SUBSCRIBERS = 1_000;
/** The gateway comes first, because `ws, committed` sends a copy of its message. */
const PEERS = ['gateway', 'ws, committed', 'mercurius', 'yoga'] as const satisfies readonly Name[];
const PER_SECOND = 10;
/** Seconds of the warm-up, and of each round. */
const WARM_UP = 5;
const SECONDS = 4;
const ROUNDS = 5;

interface Running {
  readonly server: Server;
  readonly crowd: Crowd;
  /** Milliseconds of each round's messages, sorted. */
  readonly rounds: (readonly number[])[];
}

/** Measures the time from the post of a webhook to the frame in the subscriber's process, at a usual rate. */
export async function main(options: readonly string[] = []): Promise<void> {
  if (options[0] === '--workers') return (await import('./workers.ts')).main(options[1] ?? '1,2,4');
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const running: Running[] = [];
  try {
    let message = '';
    for (const name of PEERS) {
      const one = await begin(name, { BENCH_DATABASE: join(folder, name, 'x.db'), BENCH_MESSAGE: message });
      running.push(one);
      if (name === 'gateway') message = await oneMessage(one.server);
      await post(one, WARM_UP);
    }
    // The servers take turns, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1)
      for (const one of running) one.rounds.push(await post(one, SECONDS));
    report(running);
  } finally {
    for (const { server, crowd } of running) {
      crowd.end();
      await server.end();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function begin(name: (typeof PEERS)[number], env: Record<string, string>): Promise<Running> {
  const server = await Server.start(name, env);
  const crowd = new Crowd();
  const plain = name === 'ws, committed';
  const options = { tokens: [await makeToken()], query: SUBSCRIPTION, look: 'latency', plain } as const;
  await crowd.open(server.webSocketUrl, SUBSCRIBERS, options);
  if (name === 'gateway') await crowd.until(({ ready }) => ready === SUBSCRIBERS);
  return { server, crowd, rounds: [] };
}

/** Posts for so many seconds, and returns the times that messages took. */
async function post({ server, crowd }: Running, seconds: number): Promise<readonly number[]> {
  await crowd.ask({ do: 'reset' });
  const deliveries: Promise<void>[] = [];
  for (let event = 0; event < seconds * PER_SECOND; event += 1) {
    const id = `t${performance.timeOrigin + performance.now()}`;
    deliveries.push(server.post(delivery(id)));
    await setTimeout(1_000 / PER_SECOND);
  }
  await Promise.all(deliveries);
  await crowd.until(({ received }) => received === SUBSCRIBERS * PER_SECOND * seconds);
  const { latencies } = await crowd.ask({ do: 'count', latencies: true });
  return latencies.toSorted((a, b) => a - b);
}

function report(running: readonly Running[]): void {
  console.log(
    `${SUBSCRIBERS} subscribers, ${PER_SECOND} events/s: posted to received; medians of ${ROUNDS} rounds of ${SECONDS} s`,
  );
  const at = (sorted: readonly number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const of = ({ rounds }: Running, share: number) => median(rounds.map((sorted) => at(sorted, share)));
  for (const one of running) {
    const worst = Math.max(...one.rounds.map((sorted) => at(sorted, 1)));
    const times = `p50 ${of(one, 0.5).toFixed(1)} ms, p99 ${of(one, 0.99).toFixed(1)} ms, worst ${worst.toFixed(1)} ms`;
    console.log(`  ${one.server.name.padEnd(13)} ${times}`);
  }
  const [gateway, committed] = running as [Running, Running];
  // Rounds of the two are neighbors, so that each ratio is of one state of the machine.
  const ratios = gateway.rounds.map((sorted, round) => at(sorted, 0.5) / at(committed.rounds[round]!, 0.5));
  console.log(
    `  gateway ÷ ws behind the same commit, p50: ${median(ratios).toFixed(2)} (${ratios.map((one) => one.toFixed(2)).join(', ')})`,
  );
}
