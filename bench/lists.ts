import { fork } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, median } from './load.ts';
import { cpuOf } from './process-tree.ts';

const SECRET = 'the benchmark signs with a secret of this length';
const EVENTS = 100;
const ROUNDS = 4;
/** Events of each round, single or in lists. */
const ALL = 4_000;
/** Connections at once: 1, as most senders of lists post, and 8, as other senders do. */
const CONNECTIONS = [1, 8];

/** Compares the cost of one delivery of 100 events with 100 deliveries of one event each. Both take turns in one gateway. */
export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const child = fork(new URL('./lists.child.ts', import.meta.url), {
    env: { ...process.env, BENCH_SECRET: SECRET, BENCH_DATABASE: join(folder, 'hookcast.db') },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(Number(message))));
    const measure = async (source: string, requests: Buffer[], connections: number) => {
      const before = cpuOf(child.pid!);
      const began = performance.now();
      const { failed } = await load(port, requests, connections, 600_000);
      if (failed > 0) throw new Error(`${failed} of ${source} were refused`);
      return { cpu: (cpuOf(child.pid!) - before) / ALL, ms: performance.now() - began };
    };
    const single = () => requestsOf('single', ALL, (one) => one());
    const lists = () => requestsOf('lists', ALL / EVENTS, (one) => Array.from({ length: EVENTS }, one));
    // Warm up until the code is compiled.
    await measure('single', single(), 8);
    await measure('lists', lists(), 8);
    for (const connections of CONNECTIONS) {
      const ratios: { readonly cpu: number; readonly ms: number }[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const alone = await measure('single', single(), connections);
        const together = await measure('lists', lists(), connections);
        ratios.push({ cpu: together.cpu / alone.cpu, ms: together.ms / alone.ms });
        console.log(`${alone.cpu.toFixed(0)} µs of CPU an event by itself, ${together.cpu.toFixed(0)} µs in a list`);
      }
      const of = (what: 'cpu' | 'ms') => median(ratios.map((ratio) => ratio[what])).toFixed(2);
      console.log(
        `A delivery of ${EVENTS} events / ${EVENTS} deliveries, ${connections} at a time: ` +
          `${of('cpu')} of the CPU, ${of('ms')} of the time`,
      );
    }
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Events of the size of SendGrid's, each with an id of its own. */
function newEvent(): object {
  return {
    email: `${randomUUID()}@example.com`,
    timestamp: 1_767_225_600,
    'smtp-id': `<${randomUUID()}@example.com>`,
    event: 'order.cancelled',
    category: ['cancellation', 'shop'],
    sg_event_id: randomUUID(),
    sg_message_id: `${randomUUID()}.filter0001.16648.5515E0B88.0`,
    order: randomUUID(),
    reason: 'asked for by the customer',
    useragent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0',
  };
}

function requestsOf(source: string, count: number, make: (one: () => object) => unknown): Buffer[] {
  return Array.from({ length: count }, () => {
    const body = JSON.stringify(make(newEvent));
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    return Buffer.from(
      `POST /webhooks/${source} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
        `x-signature: ${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}
