import { expect, it } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { Recent } from '../../src/ingest/recent.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { bookingCanceled } from '../fixtures/wix.ts';
import { type Claims, EDUZZ_SECRET, TestGateway } from '../support/gateway.ts';

const OPERATIONS = `{
  sources {
    name
    operations {
      url path secret drift samples
      pause { at reason osUser tokenId }
      hours { from outcome count }
      deliveries {
        outcome code status type eventId verify normalise append total isSample requestId headers { name value }
      }
    }
  }
}`;

type State = Record<string, any>;

async function see(gateway: TestGateway, name = 'eduzz', claims: Claims = {}): Promise<State | null> {
  const { data, errors } = await gateway.query(OPERATIONS, {}, claims);
  if (errors) throw new Error(JSON.stringify(errors));
  return data!['sources'].find((source: State) => source['name'] === name)?.operations ?? null;
}

const pause = (gateway: TestGateway, source: string, reason?: string) =>
  gateway.query(
    'mutation P($source: String!, $reason: String) { pauseSource(source: $source, reason: $reason) { at reason } }',
    {
      source,
      reason,
    },
  );
const resume = (gateway: TestGateway, source: string) =>
  gateway.query('mutation R($source: String!) { resumeSource(source: $source) }', { source });

it('IN13.1 a paused source is answered 503 by all gateways within a second and after a restart, and no other is', async () => {
  const gateway = await TestGateway.start();
  const other = await TestGateway.start({ folder: gateway.folder });
  const send = (to: TestGateway, id: string) => to.eduzz(attendanceCanceled({ id }));
  expect((await send(other, 'before')).status).toBe(200);
  const { data } = await pause(gateway, 'eduzz', 'moving to another account');
  expect(data!['pauseSource']).toMatchObject({ reason: 'moving to another account' });
  // At once where it was said.
  const refused = await send(gateway, 'one');
  expect(refused).toMatchObject({ status: 503, body: { code: 'SOURCE_PAUSED' } });
  expect(refused.headers.get('retry-after')).toBe('60');
  const began = performance.now();
  await expect.poll(async () => (await send(other, 'meanwhile')).status, { interval: 20 }).toBe(503);
  // A second is promised; a machine that is busy is given more.
  expect(performance.now() - began).toBeLessThan(60_000);
  expect((await other.wix(bookingCanceled())).status).toBe(200);
  // Who can't sign learns no more than who can.
  expect((await gateway.post('eduzz', signAsEduzz({}, 'a forger'))).status).toBe(503);
  // Who pauses it again changes nothing.
  expect((await pause(other, 'eduzz')).data!['pauseSource']).toEqual(data!['pauseSource']);

  const third = await TestGateway.start({ folder: gateway.folder });
  expect((await send(third, 'one')).status).toBe(503);
  expect(await see(third)).toMatchObject({ pause: data!['pauseSource'] });
  const counted = (await see(gateway))!['hours'].find(({ outcome }: State) => outcome === 'PAUSED');
  expect(counted.count).toBeGreaterThanOrEqual(2);
  expect((await resume(gateway, 'eduzz')).data).toEqual({ resumeSource: true });
  expect((await send(gateway, 'one')).body).toMatchObject({ status: 'accepted' });
  for (const one of [other, third]) {
    await expect.poll(async () => (await send(one, 'one')).body['status']).toBe('duplicate');
  }
  expect((await resume(gateway, 'eduzz')).data).toEqual({ resumeSource: false });
  expect((await pause(gateway, 'nope')).errors![0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  const events = await gateway.query('{ events(first: 100) { edges { node { eventId } } } }');
  const ids = events.data!['events'].edges.map(({ node }: State) => node.eventId);
  expect(ids.filter((id: string) => ['before', 'one'].includes(id))).toEqual(['before', 'one']);
});

it('OPS13.1 operators see the last deliveries with their steps, and no secret, signature or body of them', async () => {
  const gateway = await TestGateway.start({ env: { PUBLIC_URL: 'https://hooks.example.com' } });
  const signed = signAsEduzz(attendanceCanceled({ id: 'one' }), EDUZZ_SECRET);
  await gateway.post('eduzz', {
    ...signed,
    headers: { ...signed.headers, cookie: 'session=zz-secret', 'user-agent': 'Eduzz/1' },
  });
  await gateway.eduzz(attendanceCanceled({ id: 'odd', participant: { id: ['odd'] } }));
  await gateway.post('eduzz', signAsEduzz(attendanceCanceled({ id: 'two' }), 'zz-secret of a forger'));
  const state = (await see(gateway))!;
  expect(state).toMatchObject({
    url: 'https://hooks.example.com/webhooks/eduzz',
    path: '/webhooks/eduzz',
    secret: 'SET',
    samples: [],
    pause: null,
  });
  const [forged, odd, first] = state['deliveries'];
  expect(state['deliveries']).toHaveLength(3);
  const number = expect.any(Number);
  expect(forged).toMatchObject({ outcome: 'UNAUTHORISED', code: 'signature_invalid', status: 401, eventId: null });
  expect(forged).toMatchObject({ verify: number, normalise: null, append: null, total: number });
  expect(odd).toMatchObject({ outcome: 'QUARANTINED', status: 200, eventId: 'odd', append: number });
  expect(first).toMatchObject({
    outcome: 'ACCEPTED',
    code: 'accepted',
    type: 'blinket.attendance_canceled',
    eventId: 'one',
    verify: number,
    normalise: number,
    append: number,
    isSample: false,
  });
  const headers = Object.fromEntries(first['headers'].map(({ name, value }: State) => [name, value]));
  expect(headers).toMatchObject({ 'user-agent': 'Eduzz/1', 'x-signature': null, cookie: null });
  const text = JSON.stringify(state);
  for (const secret of ['zz-secret', signed.headers['x-signature']!, 'Iara', EDUZZ_SECRET])
    expect(text).not.toContain(secret);
  // No other token is told anything of it.
  for (const claims of [{ tenants: ['eduzz:1'] }, { scope: 'events:read pii:read raw:read' }]) {
    expect(await see(gateway, 'eduzz', claims)).toBeNull();
  }
});

it('OPS13.1 remembers a bounded number of deliveries of each source, and forgeries push out no accepted one', async () => {
  const recent = new Recent(Date.now);
  const answered = { requestId: 'r', type: null, eventId: null, verify: 1, normalise: null, append: null, total: 1 };
  const long = 'x'.repeat(16_000);
  const headers = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x-${index}-${long}`, long]));
  recent.note('eduzz', { ...answered, outcome: 'accepted', status: 200 }, { 'user-agent': long, ...headers });
  for (let count = 0; count < 1_000; count += 1) {
    recent.note('eduzz', { ...answered, outcome: 'signature_invalid', status: 401 }, headers);
  }
  const all = await recent.listRecent('eduzz');
  expect(all.map(({ outcome }) => outcome).toSorted()).toEqual(['accepted', ...Array(20).fill('signature_invalid')]);
  expect(JSON.stringify(all).length).toBeLessThan(21 * 24 * 300);
});

it('OPS13.1 lists the last deliveries in their order, also those of one millisecond and when the clock is set back', async () => {
  const times = [5_000, 5_000, 5_000, 4_000];
  const recent = new Recent(() => times.shift()!);
  const answered = { requestId: 'r', type: null, verify: 1, normalise: null, append: null, total: 1 };
  for (const [eventId, status] of [
    ['one', 200],
    ['two', 401],
    ['three', 200],
    ['four', 200],
  ] as const) {
    recent.note(
      'eduzz',
      { ...answered, eventId, outcome: status === 200 ? 'accepted' : 'signature_invalid', status },
      {},
    );
  }
  const listed = await recent.listRecent('eduzz');
  expect(listed.map(({ eventId }) => eventId)).toEqual(['four', 'three', 'two', 'one']);
});

it('OPS13.2 a sample is signed with the source’s own secret, goes the ordinary way, and is told from business', async () => {
  const closed = await TestGateway.start();
  const send =
    'mutation S($source: String!, $event: String) { sendSample(source: $source, event: $event) { status eventId } }';
  const refused = await closed.query(send, { source: 'eduzz' });
  expect(refused.errors![0]).toMatchObject({
    message: expect.stringContaining('ALLOW_SAMPLES'),
    extensions: { code: 'FORBIDDEN' },
  });
  expect((await see(closed))!['samples']).toEqual([]);

  const gateway = await TestGateway.start({ env: { ALLOW_SAMPLES: 'on' } });
  const { samples } = (await see(gateway))!;
  expect(samples.length).toBeGreaterThan(3);
  const { data } = await gateway.query(send, { source: 'eduzz', event: samples[0] });
  expect(data!['sendSample']).toEqual({ status: 'accepted', eventId: expect.stringMatching(/^sample-/) });
  const [last] = (await see(gateway))!['deliveries'];
  expect(last).toMatchObject({ isSample: true, status: 200, eventId: data!['sendSample'].eventId, type: samples[0] });
  const audit = await gateway.query('{ audit(last: 2) { edges { node { action target } } } }');
  expect(audit.data!['audit'].edges.map(({ node }: State) => node)).toEqual(
    [samples[0], data!['sendSample'].eventId].map((target) => ({ action: 'SEND_SAMPLE', target: `eduzz ${target}` })),
  );
  expect((await gateway.query(send, { source: 'eduzz', event: 'nope' })).errors![0]!.message).toContain('There are: ');
  // Only Wix can sign what this gateway takes for Wix's.
  expect((await gateway.query(send, { source: 'wix' })).errors![0]!.message).toContain('Only wix itself');
});
