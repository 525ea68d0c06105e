import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { unsigned } from '../../src/providers/verify/unsigned.ts';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { INSTANCE, bookingCanceled } from '../fixtures/wix.ts';
import { type Claims, EDUZZ_SECRET, TestGateway, signedAsEduzz } from '../support/gateway.ts';

const provider = () => eduzz({ secrets: [EDUZZ_SECRET] });
const HOUR = 60 * 60 * 1000;
const SOURCES = '{ sources { name provider lastEventAt answers { outcome lastAt lastHour lastDay } } }';

async function see(gateway: TestGateway, claims: Claims = {}): Promise<Record<string, any>[]> {
  const { data, errors } = await gateway.query(SOURCES, {}, { expires: 60 * 24 * 3600, ...claims });
  if (errors) throw new Error(JSON.stringify(errors));
  return data!['sources'];
}

/** How many of each outcome there were in the last hour and the last day. */
async function answersOf(gateway: TestGateway, name: string): Promise<Record<string, [number, number]>> {
  const { answers } = (await see(gateway)).find((source) => source['name'] === name)!;
  return Object.fromEntries(answers.map(({ outcome, lastHour, lastDay }: any) => [outcome, [lastHour, lastDay]]));
}

it('AUTH1.5 tells how deliveries were answered to operators only', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(ticket('one'));
  await gateway.wix(bookingCanceled());
  const some = expect.any(String);
  const of = (name: string, lastEventAt: unknown, answers: unknown = null) => {
    return { name, provider: name, lastEventAt, answers };
  };
  expect(await see(gateway, { tenants: ['eduzz:1'] })).toEqual([of('eduzz', some)]);
  // The newest event is another tenant's.
  const both = ['eduzz:2', `wix:${INSTANCE}`];
  expect(await see(gateway, { tenants: both })).toEqual([of('wix', some)]);
  expect(await see(gateway, { tenants: ['stripe:1'] })).toEqual([]);
  const everything = [of('eduzz', some), of('wix', some)];
  expect(await see(gateway, { scope: 'events:read pii:read' })).toEqual(everything);
  expect(await see(gateway, { tenants: both, scope: 'events:read ops' })).toMatchObject([{ answers: null }]);
  const answers = [expect.objectContaining({ outcome: 'ACCEPTED', lastHour: 1 })];
  expect(await see(gateway)).toEqual([of('eduzz', some, answers), of('wix', some, answers)]);
  const { errors } = await gateway.query(SOURCES, {}, { scope: 'ops' });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

it('AUTH1.12 names to a token of some tenants only the sources that have events of these', async () => {
  const sources = new Map(['tickets-recife', 'tickets-olinda', 'tickets-natal'].map((name) => [name, provider()]));
  const gateway = await TestGateway.start({ sources });
  const post = (source: string, producer: number) =>
    gateway.post(source, signedAsEduzz(JSON.stringify(ticket(`${source}-${producer}`, producer))));
  const named = async (...tenants: string[]) =>
    (await see(gateway, { tenants, scope: 'events:read' })).map(({ name, lastEventAt }) => [
      name,
      lastEventAt !== null,
    ]);
  expect(await named('eduzz:1')).toEqual([]);
  await post('tickets-recife', 1);
  await post('tickets-olinda', 2);
  await post('tickets-olinda', 3);
  expect(await named('eduzz:1')).toEqual([['tickets-recife', true]]);
  expect(await named('eduzz:3', 'wix:1')).toEqual([['tickets-olinda', true]]);
  const both = [
    ['tickets-recife', true],
    ['tickets-olinda', true],
  ];
  expect(await named('eduzz:1', 'eduzz:2')).toEqual(both);
  expect(await named('eduzz:4', 'stripe:1')).toEqual([]);
  // Of every tenant, those that have none yet as well.
  expect(await named('*')).toEqual([...both, ['tickets-natal', false]]);
});

it('LOG8.1 counts how deliveries were answered, over restarts and in two gateways together, for thirty days', async () => {
  let now = Math.floor(Date.now() / HOUR) * HOUR + HOUR / 2;
  const options = { now: () => now, env: { WIX_INSTANCE_IDS: 'another' } };
  const gateway = await TestGateway.start(options);
  const other = await TestGateway.start({ ...options, folder: gateway.folder });

  await gateway.eduzz(ticket('one'));
  await gateway.eduzz(ticket('two'));
  await other.eduzz(ticket('two'));
  await gateway.eduzz({ event: 'ping', data: { message: 'ping' } });
  await gateway.eduzz(attendanceCanceled({ participant: { id: ['odd'] } }));
  await gateway.post('eduzz', signedAsEduzz('{}', 'a forger'));
  await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'PUT' });
  await gateway.wix(bookingCanceled());
  // Names that somebody made up are nobody's.
  await gateway.post('made-up', signedAsEduzz('{}'));
  const file = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { timeout: 10_000 });
  file.exec('ALTER TABLE events RENAME TO away');
  now += 1_000;
  expect(await gateway.eduzz(ticket('three'))).toMatchObject({ status: 503 });
  file.exec('ALTER TABLE away RENAME TO events');
  file.close();

  const seen = { ACCEPTED: [2, 2], QUARANTINED: [1, 1], PONG: [1, 1], UNAUTHORISED: [1, 1], REFUSED: [1, 1] };
  const here = { ...seen, UNAVAILABLE: [1, 1] };
  // After five seconds the other gateway has recorded its duplicate as well.
  expect(await answersOf(gateway, 'eduzz')).toMatchObject(here);
  expect(await answersOf(gateway, 'wix')).toEqual({ IGNORED: [1, 1] });
  const [eduzz, wix, ...rest] = await see(gateway);
  expect(rest).toEqual([]);
  // The newest first.
  expect(eduzz!['answers'][0]).toMatchObject({ outcome: 'UNAVAILABLE', lastAt: new Date(now).toISOString() });
  expect(wix!['lastEventAt']).toBeNull();
  // A gateway that drains records the last of it.
  await other.close();
  const together = { ...here, DUPLICATE: [1, 1] };
  expect(await answersOf(gateway, 'eduzz')).toEqual(together);
  await gateway.close();
  const written = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { timeout: 30_000 });
  const named = written.prepare('SELECT DISTINCT source FROM answers ORDER BY source').all();
  expect(named.map(({ source }) => source)).toEqual(['eduzz', 'wix']);
  written.close();

  const next = await TestGateway.start({ ...options, folder: gateway.folder });
  expect(await answersOf(next, 'eduzz')).toEqual(together);
  now += HOUR;
  await next.eduzz(ticket('four'));
  expect(await answersOf(next, 'eduzz')).toEqual({ ...together, ACCEPTED: [3, 3] });
  now += HOUR;
  expect(await answersOf(next, 'eduzz')).toMatchObject({ ACCEPTED: [1, 3], PONG: [0, 1] });
  now += 23 * HOUR;
  expect(await answersOf(next, 'eduzz')).toMatchObject({ ACCEPTED: [0, 1], PONG: [0, 0] });
  now += 31 * 24 * HOUR;
  expect(await answersOf(next, 'eduzz')).toEqual({});
});

it('IN2.21 says of each source whether its sender signs', async () => {
  const secret = 'k3Yq-0uZ_x8bQm4tR7wLp2';
  const open = defineProvider({
    name: 'open',
    verify: unsigned({ path: [secret] }),
    about: () => ({ type: 'x' }),
    events: {},
  });
  const sources = new Map([
    ['eduzz', provider()],
    ['open', open],
  ]);
  const gateway = await TestGateway.start({ sources });
  const { data } = await gateway.query('{ sources { name isSigned } }');
  expect(data!['sources']).toEqual([
    { name: 'eduzz', isSigned: true },
    { name: 'open', isSigned: false },
  ]);
  expect(JSON.stringify(data)).not.toContain(secret);
});
