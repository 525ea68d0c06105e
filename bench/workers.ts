import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Crowd } from './crowd.ts';
import { median } from './load.ts';
import { isWriter } from './meter.ts';
import { SUBSCRIPTION, Server, delivery, makeToken } from './servers.ts';

const SUBSCRIBERS = 1_000;
/** Rounds, and the events of each round: those during which subscribers sleep, and those that they read. */
const ROUNDS = 5;
const ASLEEP = 8;
const AWAKE = 30;
const THREADS = ['--import', fileURLToPath(new URL('threads.ts', import.meta.url))];

interface Running {
  readonly workers: number;
  readonly server: Server;
  readonly crowd: Crowd;
  /** For each event: milliseconds from its commit to the last frame in the kernel, and milliseconds of CPU of the busiest serving thread. */
  readonly times: number[];
  readonly busiest: number[];
  /** Microseconds of the whole gateway's CPU for each message. */
  readonly costs: number[];
}

/**
 * Measures one event with several workers, from its commit to the last frame in the kernel. Meanwhile the subscribers sleep, because
 * they would use the cores on which the workers are measured.
 */
export async function main(list: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const running: Running[] = [];
  try {
    const token = await makeToken();
    for (const workers of list.split(',').map(Number)) {
      const env = { BENCH_DATABASE: join(folder, String(workers), 'x.db'), BENCH_WORKERS: String(workers) };
      const server = await Server.start('gateway', env, THREADS);
      const crowd = new Crowd();
      const one: Running = { workers, server, crowd, times: [], busiest: [], costs: [] };
      running.push(one);
      await crowd.open(server.webSocketUrl, SUBSCRIBERS, { tokens: [token], query: SUBSCRIPTION });
      await crowd.until(({ ready }) => ready === SUBSCRIBERS);
      // Each worker compiles its code by itself, after its own number of frames. So more workers need more events.
      await awake(one, 2 * AWAKE * workers);
      one.costs.length = 0;
    }
    // The gateways take turns, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const one of running) {
        for (let event = 0; event < ASLEEP; event += 1) await asleep(one);
        await awake(one, AWAKE);
      }
    }
    report(running);
  } finally {
    for (const { server, crowd } of running) {
      crowd.end();
      await server.end();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function asleep({ workers, server, crowd, times, busiest }: Running): Promise<void> {
  const servers = { servers: workers };
  const before = new Map((await server.look(servers)).map((seen) => [seen.thread, seen]));
  crowd.freeze();
  try {
    await server.post(delivery());
    for (;;) {
      const seen = await server.look(servers);
      const serving = seen.filter(({ writes }) => writes > 0);
      const wrote = serving.reduce((sum, { thread, writes }) => sum + writes - (before.get(thread)?.writes ?? 0), 0);
      // The answer to the delivery is one more write.
      if (wrote > SUBSCRIBERS) {
        times.push(Math.max(...serving.map(({ written }) => written)) - seen.find(isWriter)!.committed);
        busiest.push(Math.max(...serving.map(({ thread, cpu }) => cpu - (before.get(thread)?.cpu ?? 0))) / 1000);
        break;
      }
      await setTimeout(20);
    }
  } finally {
    crowd.wake();
  }
  await crowd.until(({ received }) => received >= SUBSCRIBERS);
  await crowd.ask({ do: 'reset' });
}

async function awake({ server, crowd, costs }: Running, events: number): Promise<void> {
  await crowd.ask({ do: 'reset' });
  const before = await server.usage();
  for (let event = 1; event <= events; event += 1) {
    await server.post(delivery());
    await crowd.until(({ received }) => received >= event * SUBSCRIBERS);
  }
  const { cpu } = await server.usage();
  costs.push((cpu - before.cpu) / (events * SUBSCRIBERS));
  await crowd.ask({ do: 'reset' });
}

function report(running: readonly Running[]): void {
  console.log(
    `${SUBSCRIBERS} subscribers, one event at a time; medians of ${ROUNDS * ASLEEP} events and ${ROUNDS} rounds`,
  );
  const [first] = running as [Running];
  const ratio = (one: Running, of: (one: Running) => readonly number[]) =>
    `${median([...of(one)])
      .toFixed(1)
      .padStart(6)} (${(median([...of(one)]) / median([...of(first)])).toFixed(2)} ×)`;
  for (const one of running) {
    console.log(
      `  ${one.workers} worker${one.workers === 1 ? ' ' : 's'}  commit to last frame ${ratio(one, ({ times }) => times)} ms, ` +
        `CPU of the busiest ${ratio(one, ({ busiest }) => busiest)} ms, ` +
        `CPU a message ${ratio(one, ({ costs }) => costs)} µs`,
    );
  }
}
