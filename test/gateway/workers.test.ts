import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readWorkers } from '../../src/config-parts.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { signAsWix } from '../../src/providers/wix/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { run } from '../support/child.ts';
import { AUTH_SECRET, EDUZZ_SECRET, EVERYTHING, environment, wixKeys } from '../support/gateway.ts';
import { scrape } from '../support/metrics.ts';
import { Peer } from '../support/peer.ts';
import { Providers, readAll } from '../support/providers.ts';
import { Returning, expectEachOnce } from '../support/returning.ts';
import { SeveralWorkers } from '../support/several-workers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { call } from '../support/terminal.ts';
import { thoroughly } from '../support/thorough.ts';
import { WebPage } from '../support/web-page.ts';

/** Each is a whole gateway to load. */
const WORKERS = thoroughly(3, 2);
/** The worker that replaces a killed one loads a whole gateway. */
const KILLS = thoroughly(2 * WORKERS, 2);
/** Enough that some are under way at any moment, and not all that the machine can do. */
const CALM = { pause: 25 };
const OTHER_SECRET = 'edzwgd_another-secret-of-the-test-suite';
/** Connections of one token: no other test here has as many. */
const CONNECTIONS = 30;
const QUERIES = 40;

const folder = mkdtempSync(join(tmpdir(), 'hookcast-test-'));
const secrets = join(folder, 'eduzz-secrets');
const { EDUZZ_SECRETS: _inAFile, ...others } = environment(folder);
const env = {
  ...others,
  EDUZZ_SECRETS_FILE: secrets,
  MAX_CONNECTIONS_PER_TOKEN: String(CONNECTIONS),
  MAX_CONNECTIONS_PER_ADDRESS: '0',
  QUERY_RATE_PER_TOKEN: String(QUERIES),
};
let gateway: SeveralWorkers;

beforeAll(async () => {
  writeFileSync(secrets, EDUZZ_SECRET);
  gateway = await SeveralWorkers.start(env, WORKERS);
});

afterAll(async () => {
  await gateway.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function tokenOf(subject: string): Promise<string> {
  return new SignJWT({ tenants: ['*'], scope: EVERYTHING })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setExpirationTime('10 minutes')
    .sign(new TextEncoder().encode(AUTH_SECRET));
}

/** Over a connection of its own, so that any of the workers may have it. */
async function post(source: string, { headers, body }: { headers: Record<string, string>; body: string }) {
  const response = await fetch(`${gateway.url}/webhooks/${source}`, {
    method: 'POST',
    headers: { ...headers, connection: 'close' },
    body,
  });
  return { status: response.status, outcome: ((await response.json()) as { status?: string }).status };
}

function cancelled(id: string, secret = EDUZZ_SECRET) {
  return post('eduzz', signAsEduzz(attendanceCanceled({ id }), secret));
}

function eachOf<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

const comeBack = async (subject: string) => Returning.begin(() => gateway.webSocketUrl, await tokenOf(subject));

it('AUTH7.1 AUTH7.4 takes a session at every worker, at once, and lets it go at every worker', async () => {
  const page = new WebPage(gateway);
  expect((await page.signIn(await tokenOf('session'))).status).toBe(200);
  // Each over a connection of its own.
  const ask = () => page.query('{ __typename }', { connection: 'close' });
  const statuses = async () => new Set((await eachOf(WORKERS * 4, ask)).map(({ status }) => status));
  expect(await statuses()).toEqual(new Set([200]));
  const sockets = await eachOf(WORKERS * 2, () => page.open());
  expect((await page.ask('DELETE', '/console/sessions', { headers: { connection: 'close' } })).body).toEqual({
    ended: 1,
  });
  for (const socket of sockets) expect(await socket.closed).toBe(4401);
});

it('OPS11.1 records an event once, whichever workers it is sent to, and brings it to the subscribers of all workers at once', async () => {
  const subscribers = await eachOf(12, async () => {
    const token = await tokenOf('everybody');
    return new Subscriber(gateway.webSocketUrl, `Bearer ${token}`, EVENTS, {});
  });
  await Promise.all(subscribers.map((subscriber) => subscriber.caughtUp()));
  const ids = Array.from({ length: 20 }, (_, index) => `once-${index}`);
  const answers = await Promise.all(ids.map((id) => eachOf(4, () => cancelled(id))));
  for (const answer of answers) {
    expect(answer.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answer.map(({ outcome = '' }) => outcome).toSorted()).toEqual([
      'accepted',
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
  }
  await Promise.all(subscribers.map((subscriber) => subscriber.events(ids.length)));
  const logged = await readAll(gateway.url);
  for (const { eventIds } of subscribers) expect(eventIds).toEqual(logged);
  // All of them had a part in it.
  const took = new Set(gateway.lines.flatMap(({ msg, worker }) => (msg === 'delivery' ? [String(worker)] : [])));
  expect([...took].toSorted()).toEqual(Array.from({ length: WORKERS }, (_, index) => String(index + 1)));
  await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
});

it('OPS13.1 IN13.1 every worker knows the last deliveries of all workers, and obeys a pause', async () => {
  const ids = Array.from({ length: 16 }, (_, index) => `recent-${index}`);
  await Promise.all(ids.map((id) => cancelled(id)));
  const ask = async (query: string) => {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf('operator')}`,
        connection: 'close',
      },
      body: JSON.stringify({ query }),
    });
    return ((await answer.json()) as { data: Record<string, any> }).data;
  };
  const known = async () => {
    const { sources } = await ask('{ sources { name operations { deliveries { eventId } } } }');
    const { deliveries } = sources.find(({ name }: { name: string }) => name === 'eduzz').operations;
    return deliveries.map(({ eventId }: { eventId: string }) => eventId);
  };
  // A worker waits a second for the others, and a busy one may take longer.
  await expect.poll(() => eachOf(8, known)).toEqual(Array.from({ length: 8 }, () => expect.arrayContaining(ids)));
  const statuses = async () => new Set(await eachOf(8, async () => (await cancelled('recent-0')).status));
  await ask('mutation { pauseSource(source: "eduzz") { at } }');
  await expect.poll(statuses).toEqual(new Set([503]));
  await ask('mutation { resumeSource(source: "eduzz") }');
  await expect.poll(statuses).toEqual(new Set([200]));
});

it('OPS11.1 OPS11.3 loses nothing that was acknowledged when workers die one after the other, and goes on counting', async () => {
  const before = (await readAll(gateway.url)).length;
  const counted = (await scrape(gateway)).get('hookcast_webhook_requests_total{source="eduzz",outcome="accepted"}')!;
  const clients = await eachOf(8, () => comeBack('returning'));
  const providers = new Providers(() => [gateway.url], CALM);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const acknowledged = providers.acknowledged.size;
    await expect.poll(() => providers.acknowledged.size, { interval: 5 }).toBeGreaterThan(acknowledged + 20);
    // A worker's counts outlive it.
    await scrape(gateway);
    await gateway.killOne();
  }
  await providers.stop();
  await expectEachOnce(gateway.url, providers, clients, before);
  await expect.poll(async () => (await scrape(gateway)).get('hookcast_workers')).toBe(WORKERS);
  const after = await scrape(gateway);
  expect(after.get('hookcast_workers_replaced_total')).toBe(KILLS);
  const requests = after.get('hookcast_webhook_requests_total{source="eduzz",outcome="accepted"}')!;
  expect(requests).toBeGreaterThan(counted);
  expect(requests).toBeLessThanOrEqual(counted + providers.acknowledged.size);
});

it('OPS11.2 holds a token to its connections over all workers, and gives back those of a worker that died', async () => {
  const token = await tokenOf('many');
  const knock = async (count: number) => {
    const peers = await eachOf(count, () => Peer.open(gateway, { signedIn: false }));
    const closed: number[] = [];
    for (const peer of peers) void peer.closed.then((code) => closed.push(code));
    for (const peer of peers) peer.signIn(token);
    const isLetIn = (peer: Peer) => peer.count('connection_ack') === 1;
    await expect.poll(() => peers.filter(isLetIn).length + closed.length, { interval: 5 }).toBe(count);
    return { peers: peers.filter(isLetIn), closed };
  };
  const first = await knock(CONNECTIONS + 10);
  expect(first.peers).toHaveLength(CONNECTIONS);
  expect(first.closed).toEqual(Array.from({ length: 10 }, () => 1013));
  expect((await scrape(gateway)).get('hookcast_limited_total{limit="per_token"}')).toBe(10);

  let gone = 0;
  for (const peer of first.peers) void peer.closed.then(() => (gone += 1));
  while (gone === 0) {
    await gateway.killOne();
    await setTimeout(50);
  }
  const again = await knock(CONNECTIONS);
  expect(again.peers).toHaveLength(gone);
  for (const peer of [...first.peers, ...again.peers]) peer.socket.terminate();
});

it('OPS11.2 holds a token to its queries over all workers', async () => {
  const authorization = `Bearer ${await tokenOf('asking')}`;
  const began = performance.now();
  const statuses = await eachOf(QUERIES * 4, async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close', authorization },
      body: '{"query":"{ __typename }"}',
    });
    await response.text();
    return response.status;
  });
  const seconds = (performance.now() - began) / 1000;
  const answered = statuses.filter((status) => status === 200).length;
  expect(answered).toBeLessThanOrEqual(QUERIES * (1 + seconds));
  expect(statuses.filter((status) => status === 429)).toHaveLength(statuses.length - answered);
});

it('OPS11.5 removes an erased person from the memory of all workers', async () => {
  const claims = (id: string) =>
    wixClaims(
      bookingCanceledEvent({
        id,
        entityId: 'booking-a',
        booking: {
          id: 'booking-a',
          contactDetails: {
            contactId: 'contact-ana',
            firstName: 'Ana',
            lastName: 'Apagada',
            email: 'ana@apagada.example',
          },
        },
      }),
    );
  const query = EVENTS.replace('eventId', 'eventId raw ... on Cancellation { customer { name } }').replace(
    '... on Gap {',
    '... on Erasure { source eventIds }\n      ... on Gap {',
  );
  const follow = async (after: string | null) =>
    new Subscriber(gateway.webSocketUrl, `Bearer ${await tokenOf('watching')}`, query, { after });
  const watching = await eachOf(12, () => follow(null));
  await Promise.all(watching.map((subscriber) => subscriber.caughtUp()));
  const before = watching[0]!.lastCursor;
  expect((await post('wix', await signAsWix(claims('erased-1'), wixKeys.privateKey))).outcome).toBe('accepted');
  await Promise.all(watching.map((subscriber) => subscriber.events(1)));
  expect(JSON.stringify(watching.map(({ messages }) => messages))).toContain('Ana Apagada');

  const asked = await call(['erase', '--source', 'wix', '--subject', 'booking/booking-a', '--yes'], env);
  expect([asked.code, asked.stderr]).toEqual([0, '']);
  await Promise.all(
    watching.map((subscriber) =>
      subscriber.until(({ messages }) => messages.some(({ __typename }) => __typename === 'Erasure')),
    ),
  );
  const late = await eachOf(12, () => follow(before));
  await Promise.all(late.map((subscriber) => subscriber.caughtUp()));
  for (const { messages, eventIds } of late) {
    expect(eventIds).toEqual(['erased-1']);
    expect(JSON.stringify(messages)).not.toContain('Apagada');
  }
  const bytes = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
  expect(bytes.join('\n').toLowerCase()).not.toContain('apagada');
  await Promise.all([...watching, ...late].map((subscriber) => subscriber.stop()));
});

it('OPS11.4 lets all workers take new secrets at one SIGHUP, and no worker wrong ones', async () => {
  const reloaded = async (wanted: number, msg: string) => {
    gateway.lines.length = 0;
    gateway.signal('SIGHUP');
    await expect.poll(() => gateway.lines.filter((line) => line.msg === msg)).toHaveLength(wanted);
  };
  writeFileSync(secrets, OTHER_SECRET);
  await reloaded(WORKERS, 'the settings were read again');
  const outcomes = async (secret: string) =>
    new Set((await eachOf(24, (index) => cancelled(`reloaded-${index}`, secret))).map(({ status }) => status));
  expect([await outcomes(OTHER_SECRET), await outcomes(EDUZZ_SECRET)]).toEqual([new Set([200]), new Set([401])]);
  writeFileSync(secrets, '');
  await reloaded(1, 'the settings were read again, but not applied');
  expect(await outcomes(OTHER_SECRET)).toEqual(new Set([200]));
  // A worker that replaces another has the secrets of the others, whatever stands in the file by then.
  writeFileSync(secrets, EDUZZ_SECRET);
  await gateway.killOne();
  await expect.poll(async () => (await scrape(gateway)).get('hookcast_workers')).toBe(WORKERS);
  expect([await outcomes(OTHER_SECRET), await outcomes(EDUZZ_SECRET)]).toEqual([new Set([200]), new Set([401])]);
  await reloaded(WORKERS, 'the settings were read again');
});

it('OPS11.4 OPS1.1 OPS11.1 drains all workers at one SIGTERM, and loses nothing then nor when the whole is killed', async () => {
  const before = (await readAll(gateway.url)).length;
  const client = await comeBack('staying');
  const guests = await eachOf(12, async () => {
    const guest = new Subscriber(gateway.webSocketUrl, `Bearer ${await tokenOf('leaving')}`, EVENTS, {});
    await guest.caughtUp();
    return guest;
  });
  const providers = new Providers(() => [gateway.url], { ...CALM, name: 'drained-' });
  const some = async () => {
    const acknowledged = providers.acknowledged.size;
    await expect.poll(() => providers.acknowledged.size, { interval: 5 }).toBeGreaterThan(acknowledged + 20);
  };
  // On the same port, as after a restart of a service.
  const fixed = { ...env, PORT: new URL(gateway.url).port };
  await some();
  expect(await gateway.end('SIGTERM')).toBe(0);
  expect((await Promise.all(guests.map(({ closed }) => closed))).map(({ code }) => code)).toEqual(
    guests.map(() => 1012),
  );
  expect(gateway.lines.filter(({ msg }) => msg === 'Ended.')).toHaveLength(1);
  gateway = await SeveralWorkers.start(fixed, 2);
  await some();
  await gateway.end('SIGKILL');
  gateway = await SeveralWorkers.start(fixed, 2);
  await some();
  await providers.stop();
  await expectEachOnce(gateway.url, providers, [client], before);
});

it('OPS11.6 refuses a port that is taken, and an invalid number of workers', async () => {
  const taken = { ...env, PORT: new URL(gateway.url).port, WORKERS: '2', DATABASE_URL: `sqlite:${folder}/other.db` };
  const second = await run(['serve'], taken, folder);
  expect([second.code, second.stderr]).toEqual([
    1,
    `hookcast: Port ${taken.PORT} of 127.0.0.1 is taken. Set PORT to another one.\n`,
  ]);
  for (const WORKERS of ['0', '65', '1.5', 'two', '-1']) {
    expect(() => readWorkers({ WORKERS })).toThrow('WORKERS: expected a whole number from 1 to 64, or auto');
  }
  expect(['1', '64', 'auto', '', undefined].map((WORKERS) => readWorkers({ WORKERS }))).toEqual([1, 64, 'auto', 1, 1]);
  const unset = await call(['serve', '--workers', '3'], { ...env, AUTH_SECRET: 'short' });
  expect([unset.code, unset.stderr]).toEqual([
    1,
    expect.stringMatching(/^hookcast: AUTH_SECRET: needs at least 32 bytes .*\n$/),
  ]);
});
