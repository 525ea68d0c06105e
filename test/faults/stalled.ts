import { type Socket, connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { CANCELLATIONS, Subscriber } from '../support/subscriber.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { Follower } from './follower.ts';
import { handlesOf, memoryOf, percentile } from './process.ts';

/** So many fill the buffers of the kernel as well. */
const EVENTS = 60;
const FILLER = 'x'.repeat(30_000);
const QUERY = `subscription { stream: events { __typename cursor
  ... on EventEdge { node { eventId ... on TicketCancellation { customFields } } } } }`;
/** The memory that a stalled socket may cost the process, in MB: it holds 64 KiB of frames and one payload. */
const EACH = 0.2;
/** How long a client that takes nothing may stay, in milliseconds: half a minute, and a margin for a busy machine. */
const LET_GO = 75_000;

/** Subscribers that read nothing, requests that never end, and connections that say nothing: beside one that is well. */
export const stalled: Fault = {
  name: 'stalled',
  what: 'stalled sockets and half-open requests',
  unit: 'sockets',
  runs: 1_000,
  minutes: 2,
  run,
};

/** Without minutes there are fewer events, and it is not waited for that they are let go of. */
async function run({ seed, runs, minutes, findings, progress }: Options): Promise<void> {
  const gateway = await GatewayProcess.start({
    ...environment(temporaryFolder()),
    MAX_CONNECTIONS_PER_TOKEN: '0',
    MAX_SUBSCRIPTIONS_PER_TOKEN: '0',
    MAX_CONNECTIONS_PER_ADDRESS: '0',
  });
  const events = minutes > 0 ? EVENTS : EVENTS / 3;
  const port = Number(new URL(gateway.url).port);
  const token = await makeToken({ expires: 3_600 });
  const healthy = new Subscriber(gateway.webSocketUrl, `Bearer ${token}`, CANCELLATIONS, {});
  await healthy.caughtUp();
  const quiet = await lags(gateway.url, healthy, events / 3, 'quiet');
  const before = { memory: memoryOf(gateway.pid), handles: handlesOf(gateway.pid) };

  const followers = Array.from({ length: runs }, () => new Follower());
  for (let from = 0; from < runs; from += 100) {
    const some = followers.slice(from, from + 100);
    const opened = await Promise.all(some.map((follower) => follower.connect(port, token, { query: QUERY })));
    findings.expect(
      !opened.includes(false),
      'LIVE2',
      () => `${opened.filter((open) => !open).length} could not subscribe`,
    );
  }
  while (followers.some(({ isLive }) => !isLive)) await setTimeout(20);
  for (const follower of followers) follower.stall();
  const halves = await Promise.all(
    Array.from({ length: Math.ceil(runs / 4) }, (_, index) => halfOpen(port, Dice.of(seed, index))),
  );
  progress(`${runs} stalled subscribers, ${halves.length} requests that never end`);

  const busy = await lags(gateway.url, healthy, events, 'busy');
  const grown = memoryOf(gateway.pid) - before.memory;
  findings.note('p99 ms to a healthy subscriber before', percentile(quiet, 0.99));
  findings.note('p99 ms to a healthy subscriber meanwhile', percentile(busy, 0.99));
  findings.note('MB grown', grown);
  const most = 128 + runs * EACH;
  findings.expectOfQuiet(
    grown < most,
    'LIVE2',
    () => `memory grew by ${Math.round(grown)} MB for ${runs} stalled sockets`,
  );
  // Each event is put into a thousand sockets before the next one is.
  findings.expectOfQuiet(
    percentile(busy, 0.99) < 2_000,
    'LIVE2',
    () => `a healthy subscriber waited ${Math.round(percentile(busy, 0.99))} ms`,
  );
  progress(`${events} events of 30 kB sent to all of them`);

  if (minutes > 0) {
    const began = performance.now();
    // One for the healthy subscriber, and a few that fetch keeps.
    while (handlesOf(gateway.pid) > before.handles + 8 && performance.now() - began < LET_GO) await setTimeout(250);
    const left = handlesOf(gateway.pid) - before.handles;
    findings.note('s until all were let go', (performance.now() - began) / 1_000);
    findings.expect(left <= 8, 'LIVE2', () => `${left} sockets are still held after ${LET_GO / 1_000} s`);
    const after = await lags(gateway.url, healthy, 5, 'after');
    findings.expect(after.length === 5, 'LIVE2', () => 'the healthy subscriber has stopped');
  }
  for (const follower of followers) follower.leave('reset');
  for (const half of halves) half.destroy();
  findings.expect(new Set(healthy.eventIds).size === healthy.eventIds.length, 'LIVE1', () => 'an event came twice');
  findings.expect(gateway.isRunning, 'OPS8', () => `the gateway ended: ${gateway.stderr}`);
  findings.expect(gateway.errors.length === 0, 'OPS8', () => `an error of ours: ${gateway.errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

/** From the answer to each delivery until the subscriber has it, in milliseconds. */
async function lags(url: string, healthy: Subscriber, count: number, name: string): Promise<number[]> {
  const took: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const payload = attendanceCanceled({
      id: `${name}-${number}`,
      participant: { customFields: { filler: FILLER } },
    });
    const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
    const wanted = healthy.eventIds.length + 1;
    const had = healthy.events(wanted);
    const began = performance.now();
    const response = await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`a delivery was answered ${response.status}`);
    const isThere = await Promise.race([had.then(() => true), setTimeout(20_000, false, { ref: false })]);
    if (!isThere) return took;
    took.push(performance.now() - began);
  }
  return took;
}

/** A connection that never says all that it began to. */
function halfOpen(port: number, dice: Dice): Promise<Socket> {
  const begun = dice.pick([
    '',
    'POST /webhooks/eduzz HTT',
    'POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\nx-slow: ',
    'POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{"id":',
    'POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{',
    'GET /livez HTTP/1.1\r\nhost: a\r\n\r\n',
    'GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
  ]);
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  return new Promise((resolve) =>
    socket.on('connect', () => {
      socket.write(begun);
      resolve(socket);
    }),
  );
}
