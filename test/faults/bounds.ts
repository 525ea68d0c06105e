import { type ClientRequest, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { CANCELLATIONS, Subscriber } from '../support/subscriber.ts';
import type { Fault, Options } from './fault.ts';
import { memoryOf, percentile } from './process.ts';
import { RawClient } from './raw-client.ts';

/** How much the process may grow, in MB, and how long a client may wait, in milliseconds. */
const GROWTH = 200;
const WAIT = 100;
/** Events that are there before: long titles, and as many values as a customer's form may hold. */
const EVENTS = 100;
const TITLE = 'A very long evening. '.repeat(300);
const MANY = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`field${index}`, index]));
/** Operations that each WebSocket begins, and what comes along with each. */
const OPERATIONS = 20;
const BALLAST = 'x'.repeat(40_000);
/** Deliveries while the others do their worst, and the pause between two of them in milliseconds. */
const DELIVERIES = 300;
const PAUSE = 50;
const HEAVY = `{ ${Array.from({ length: 8 }, (_, index) => `q${index}: events(last: 20) { edges { node { id eventId ... on TicketCancellation { title } } } }`).join(' ')} }`;
const NOTHING = '{ events(last: 10, filter: { types: ["nobody.sends_this"] }) { edges { node { id } } } }';

/** Everything that a token with the least rights may hold or ask for, over each transport, beside those who behave. */
export const bounds: Fault = {
  name: 'bounds',
  what: 'one token that uses all that its limits allow, over each transport',
  unit: 'connections',
  runs: 1_000,
  run,
};

async function run({ runs, findings, progress }: Options): Promise<void> {
  const gateway = await GatewayProcess.start({ ...environment(temporaryFolder()), MAX_CONNECTIONS_PER_ADDRESS: '0' });
  const port = Number(new URL(gateway.url).port);
  const least = await makeToken({ scope: 'events:read', expires: 3_600 });
  const healthy = new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, CANCELLATIONS, {});
  await healthy.caughtUp();
  for (let number = 0; number < EVENTS; number += 1) await deliver(gateway.url, `before-${number}`, true);
  await healthy.events(EVENTS);
  const quiet = await timed(gateway.url, healthy, DELIVERIES / 3, 'quiet');
  const idle = memoryOf(gateway.pid);

  const share = Math.ceil(runs / 4);
  const sockets = await inTurns(share, (number) => manyOperations(port, least, number));
  const stalled = await inTurns(share, (number) => readsNothing(port, least, number));
  const streams = await inTurns(share, (number) => streamWithBallast(port, least, number));
  const strangers = await inTurns(share, () => neverSaysWho(port));
  progress(
    `${sockets.length + stalled.length} WebSockets, ${streams.length} event streams, ${strangers.length} strangers`,
  );

  let isOver = false;
  let most = 0;
  const watch = async () => {
    while (!isOver) {
      most = Math.max(most, memoryOf(gateway.pid));
      await setTimeout(50);
    }
  };
  // As many at once as one token could have connections.
  const ask = async (number: number) => {
    while (!isOver) {
      const status = await query(gateway.url, least, number % 2 === 0 ? HEAVY : NOTHING);
      findings.count(`queries answered ${status}`);
      if (status !== 200) await setTimeout(200);
    }
  };
  const others = Promise.all([watch(), ...Array.from({ length: Math.ceil(share / 10) }, (_, number) => ask(number))]);
  const busy = await timed(gateway.url, healthy, DELIVERIES, 'busy');
  isOver = true;
  await others;

  for (const { name, took } of [
    { name: 'an answer', took: busy.answers },
    { name: 'the healthy subscriber', took: busy.frames },
  ]) {
    const p99 = percentile(took, 0.99);
    findings.note(`p99 ms to ${name}`, p99);
    findings.expectOfQuiet(p99 < WAIT, 'OPS5', () => `${name} took ${Math.round(p99)} ms`);
  }
  findings.note('p99 ms to an answer before', percentile(quiet.answers, 0.99));
  findings.note('p99 ms to the healthy subscriber before', percentile(quiet.frames, 0.99));
  findings.note('MB idle', idle);
  findings.note('MB grown at most', most - idle);
  findings.expectOfQuiet(most - idle < GROWTH, 'OPS5', () => `memory grew by ${Math.round(most - idle)} MB`);
  for (const client of [...sockets, ...stalled, ...strangers]) client?.reset();
  for (const stream of streams) stream?.destroy();
  findings.expect(new Set(healthy.eventIds).size === healthy.eventIds.length, 'LIVE1', () => 'an event came twice');
  findings.expect(gateway.isRunning, 'OPS8', () => `the gateway ended: ${gateway.stderr}`);
  findings.expect(gateway.errors.length === 0, 'OPS8', () => `an error of ours: ${gateway.errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

async function inTurns<T>(count: number, open: (number: number) => Promise<T>): Promise<T[]> {
  const opened: T[] = [];
  for (let from = 0; from < count; from += 50) {
    const some = Array.from({ length: Math.min(50, count - from) }, (_, index) => open(from + index));
    opened.push(...(await Promise.all(some)));
  }
  return opened;
}

/** Operations with different documents, long ids, and members that nobody reads. */
async function manyOperations(port: number, token: string, number: number): Promise<RawClient | null> {
  const client = await signedIn(port, token);
  for (let operation = 0; client && operation < OPERATIONS; operation += 1) {
    const payload = {
      query: `subscription Its${number}x${operation} { events { __typename ... on EventEdge { node { id } } } }`,
      variables: { undeclared: BALLAST },
      extensions: { ballast: BALLAST },
    };
    client.text(JSON.stringify({ id: `${operation}`, type: 'subscribe', payload, ballast: BALLAST }));
  }
  // The answer to the ping comes after what became of the operations.
  client?.text('{"type":"ping"}');
  await client?.hears((text) => text.includes('"pong"'), 60_000);
  return client;
}

async function readsNothing(port: number, token: string, number: number): Promise<RawClient | null> {
  const client = await signedIn(port, token);
  const query = `subscription Stalled${number % 8} { events { __typename ... on EventEdge { node { id ... on TicketCancellation { title } } } } }`;
  client?.text(JSON.stringify({ id: 'one', type: 'subscribe', payload: { query } }));
  await client?.hears((text) => text.includes('CaughtUp') || text.includes('"error"'), 60_000);
  client?.pause();
  return client;
}

/** Never asks for more than to be let in, with a message as long as one may be. */
async function neverSaysWho(port: number): Promise<RawClient | null> {
  const client = await RawClient.open(port, '', () => {});
  client?.text(
    JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer nobody', ballast: BALLAST } }),
  );
  return client;
}

async function signedIn(port: number, token: string): Promise<RawClient | null> {
  let isIn = false;
  const client = await RawClient.open(port);
  client?.text(
    JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}`, ballast: BALLAST } }),
  );
  if (client) isIn = await client.hears((text) => text.includes('connection_ack'), 60_000);
  return isIn ? client : null;
}

function streamWithBallast(port: number, token: string, number: number): Promise<ClientRequest | null> {
  const query = `subscription Stream${number} { events { __typename ... on EventEdge { node { id } } } }`;
  const body = JSON.stringify({ query, variables: { undeclared: BALLAST }, extensions: { ballast: BALLAST } });
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'content-type': 'application/json' };
  const asked = request({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers });
  asked.end(body);
  return new Promise((resolve) => {
    asked.on('error', () => resolve(null));
    asked.on('response', (response) => {
      response.on('error', () => {});
      response.resume();
      resolve(asked);
    });
  });
}

async function query(url: string, token: string, text: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: text }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function deliver(url: string, id: string, isLarge = false): Promise<void> {
  const payload = attendanceCanceled({
    id,
    ...(isLarge && { occasion: { name: TITLE }, participant: { customFields: MANY } }),
  });
  const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
  const response = await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a delivery was answered ${response.status}`);
}

/** In milliseconds: until a delivery was answered, and until the subscriber had it. */
async function timed(url: string, healthy: Subscriber, count: number, name: string) {
  const answers: number[] = [];
  const frames: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const had = healthy.events(healthy.eventIds.length + 1);
    const began = performance.now();
    await deliver(url, `${name}-${number}`);
    answers.push(performance.now() - began);
    await had;
    frames.push(performance.now() - began);
    await setTimeout(PAUSE);
  }
  return { answers, frames };
}
