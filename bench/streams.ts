import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Crowd } from './crowd.ts';
import { median } from './load.ts';
import { SUBSCRIPTION, Server, delivery, makeToken } from './servers.ts';

interface Asking {
  readonly host: string;
  readonly token: string;
  readonly query: string;
}

function post(accept: string) {
  return ({ host, token, query }: Asking): string => {
    const body = JSON.stringify({ query });
    return (
      `POST /graphql HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\naccept: ${accept}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    );
  };
}

/** The ways to ask for a stream over HTTP. The others are compared with the first. */
export const FORMS = {
  'event streams by POST': { request: post('text/event-stream') },
  'event streams by GET': {
    request: ({ host, token, query }: Asking) =>
      `GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nhost: ${host}\r\n` +
      `authorization: Bearer ${token}\r\naccept: text/event-stream\r\n\r\n`,
  },
  'multipart answers': { request: post('multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json') },
};
export type Form = keyof typeof FORMS;

const STREAMS = 500;
const EVENTS = 200;
const BURST = 20;
const ROUNDS = 9;

/** Measures what a message costs the gateway over each kind of stream. The kinds take turns in one run. */
export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const token = await makeToken();
  const running: { form: Form; server: Server; crowd: Crowd }[] = [];
  const costs = new Map<string, number[]>();
  const modes = { 'one at a time': 1, 'bursts of 20': BURST };
  try {
    for (const form of Object.keys(FORMS) as Form[]) {
      const server = await Server.start('gateway', { BENCH_DATABASE: join(folder, form, 'x.db') });
      const crowd = new Crowd('./streams.child.ts');
      running.push({ form, server, crowd });
      await crowd.open(server.url, STREAMS, { tokens: [token], query: SUBSCRIPTION, form });
      await crowd.until(({ ready }) => ready === STREAMS);
    }
    console.log(`${STREAMS} streams, medians of ${ROUNDS} rounds`);
    // The first round is not counted: the code is compiled in it. The forms take turns, so that a machine that slows down slows all.
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [mode, inFlight] of Object.entries(modes)) {
        for (const { form, server, crowd } of round % 2 === 0 ? running : running.toReversed()) {
          const cost = await send(server, crowd, inFlight);
          const key = `${mode} ${form}`;
          if (round >= 0) costs.set(key, [...(costs.get(key) ?? []), cost]);
        }
      }
    }
  } finally {
    for (const { server, crowd } of running) {
      crowd.end();
      await server.end();
    }
    rmSync(folder, { recursive: true, force: true });
  }
  for (const mode of Object.keys(modes)) {
    console.log(`\n${mode}`);
    const of = (form: Form) => costs.get(`${mode} ${form}`)!;
    const first = of('event streams by POST');
    for (const form of Object.keys(FORMS) as Form[]) {
      // The ratio is made for each round by itself: other programs may take the cores' caches in one round and not in the next.
      const ratio = median(of(form).map((cost, round) => cost / first[round]!));
      const cost = median(of(form)).toFixed(2).padStart(6);
      console.log(`  ${form.padEnd(22)} ${cost} µs of CPU a message (${ratio.toFixed(2)} ×)`);
    }
  }
}

/** Posts events, `inFlight` at a time, and waits each time until every stream has them. Returns microseconds of CPU for each message. */
async function send(server: Server, crowd: Crowd, inFlight: number): Promise<number> {
  await crowd.ask({ do: 'reset' });
  const before = await server.usage();
  for (let sent = 0; sent < EVENTS;) {
    const count = Math.min(inFlight, EVENTS - sent);
    await Promise.all(Array.from({ length: count }, () => server.post(delivery())));
    sent += count;
    await crowd.until(({ received }) => received >= sent * STREAMS, 1);
  }
  const { cpu } = await server.usage();
  return (cpu - before.cpu) / (EVENTS * STREAMS);
}
