import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { verify } from '../../src/commands/verify.ts';
import { cancelledOrder, mailed, mailer } from '../fixtures/mailer.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { scrape } from '../support/metrics.ts';
import { TestTerminal } from '../support/terminal.ts';

const LIST = /* GraphQL */ `
  {
    quarantine {
      edges {
        node {
          id
          state
          type
          eventId
          payload
          issues {
            path
            message
          }
        }
      }
    }
    events(first: 100) {
      edges {
        node {
          eventId
          type
          tenant {
            id
          }
          raw
          ... on OrderCancellation {
            orderId
            reason
          }
        }
      }
    }
  }
`;
const RELEASE = /* GraphQL */ `
  mutation ($id: ID!) {
    decided: releaseQuarantined(id: $id) {
      state
      issues {
        message
      }
    }
  }
`;

const start = (options: Parameters<typeof TestGateway.start>[0] & { provider?: ReturnType<typeof mailer> } = {}) =>
  TestGateway.start({ ...options, sources: new Map([['mailer', options.provider ?? mailer()]]) });

async function look(gateway: TestGateway) {
  const { data, errors } = await gateway.query(LIST);
  expect(errors).toBeUndefined();
  const nodes = (name: string) => data![name].edges.map(({ node }: any) => node);
  return { waiting: nodes('quarantine'), events: nodes('events') };
}

it('IN4.12 records the events of one delivery each by itself, and keeps the one that does not fit', async () => {
  const lines: Record<string, any>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const gateway = await start({ logger });
  const delivery = mailed([
    cancelledOrder('1'),
    cancelledOrder('2', 42),
    { kind: 'noise' },
    { id: '3', kind: 'mail.opened' },
    7,
    cancelledOrder('1'),
  ]);
  const receipt = await gateway.post('mailer', delivery);
  const counts = { accepted: 2, duplicate: 1, ignored: 1, quarantined: 2 };
  expect(receipt).toMatchObject({ status: 200, body: { status: 'accepted', id: null, events: counts } });

  const { events, waiting } = await look(gateway);
  expect(events.map(({ eventId, type, tenant }: any) => [eventId, type, tenant.id])).toEqual([
    ['1', 'order.cancelled', 'mailer:shop-south'],
    ['3', 'mail.opened', 'mailer:shop-south'],
  ]);
  expect(events[0]).toMatchObject({ orderId: 'order-1', reason: 'south' });
  // Each has its own part, and the header that it was told by.
  expect(events[0].raw).toEqual({ ...cancelledOrder('1'), $headers: { 'x-mailer-region': 'south' } });
  expect(waiting.map(({ type, eventId, payload }: any) => [type, eventId, payload])).toEqual([
    ['order.cancelled', '2', { ...cancelledOrder('2', 42), $headers: { 'x-mailer-region': 'south' } }],
    [null, null, { body: 7, $headers: { 'x-mailer-region': 'south' } }],
  ]);

  const [line] = lines.filter(({ msg }) => msg === 'delivery');
  expect(line).toMatchObject({ level: 40, outcome: 'accepted', events: counts, quarantine: 1 });
  expect(line).not.toHaveProperty('eventId');
  const measured = await scrape(gateway);
  expect(measured.get('hookcast_webhook_events_total{source="mailer",outcome="accepted"}')).toBe(2);
  expect(measured.get('hookcast_webhook_requests_total{source="mailer",outcome="accepted"}')).toBe(1);

  // Tried again, nothing is there twice.
  const again = await gateway.post('mailer', delivery);
  expect(again.body).toMatchObject({ status: 'duplicate', events: { duplicate: 3, ignored: 1, quarantined: 2 } });
  expect(await look(gateway)).toEqual({ events, waiting });
  // Nor where the sender puts the same events into another delivery.
  expect((await gateway.post('mailer', mailed([cancelledOrder('1')]))).body).toMatchObject({
    events: { duplicate: 1 },
  });
  expect((await gateway.post('mailer', mailed([]))).body).toEqual({ status: 'pong', id: null, events: {} });
});

it('IN4.14 treats a delivery as one event where its provider says that it is, also one that waited until newer code said so', async () => {
  const folder = temporaryFolder();
  const old = await start({ folder });
  expect((await old.post('mailer', mailed({ id: '1', kind: 'mail.sent' }))).body).toMatchObject({
    status: 'quarantined',
  });
  await old.close();

  const lines: Record<string, any>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const provider = mailer(1, ({ body }) => (Array.isArray(body) ? body : null));
  const gateway = await start({ folder, provider, logger });
  expect((await gateway.query(RELEASE, { id: '1' })).data!['decided']).toMatchObject({ state: 'RELEASED' });
  const receipt = await gateway.post('mailer', mailed({ id: '2', kind: 'mail.opened' }));
  expect(receipt.body).toEqual({ status: 'accepted', id: '2' });
  expect(lines.filter(({ msg }) => msg === 'delivery')).toMatchObject([{ type: 'mail.opened', eventId: '2' }]);
  expect((await gateway.post('mailer', mailed([cancelledOrder('3')]))).body).toMatchObject({ events: { accepted: 1 } });
  const { events } = await look(gateway);
  const headers = { $headers: { 'x-mailer-region': 'south' } };
  expect(events.map(({ raw }: any) => raw)).toEqual([
    { id: '1', kind: 'mail.sent', ...headers },
    { id: '2', kind: 'mail.opened', ...headers },
    { ...cancelledOrder('3'), ...headers },
  ]);
});

it('IN6.1 keeps the numbers of each event of a delivery with every digit', async () => {
  const gateway = await start();
  await gateway.post(
    'mailer',
    mailed('[{"kind":"a","id":"1","n":1e400},{"kind":"a","id":"2","n":12345678901234567890}]'),
  );
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({ query: '{ events { edges { node { raw } } } }' }),
  });
  const text = await response.text();
  expect(text).toContain('"n":1e400');
  expect(text).toContain('"n":12345678901234567890');
});

it('IN3.5 knows an event of a delivery that has no id by what it says', async () => {
  const gateway = await start();
  const [one, other] = [
    { kind: 'mail.sent', to: 'a' },
    { kind: 'mail.sent', to: 'b' },
  ];
  await gateway.post('mailer', mailed([one, other]));
  expect((await gateway.post('mailer', mailed([other, { kind: 'mail.sent', to: 'c' }]))).body).toMatchObject({
    events: { accepted: 1, duplicate: 1 },
  });
  // A header alone tells them apart as well.
  expect((await gateway.post('mailer', mailed([one], 'north'))).body).toMatchObject({ events: { accepted: 1 } });
});

it('IN3.3 records two events of one delivery that have one id, and one whose id another event has', async () => {
  const gateway = await start();
  const [one, other] = [
    { id: '1', kind: 'mail.sent' },
    { id: '1', kind: 'mail.opened' },
  ];
  expect((await gateway.post('mailer', mailed([one, other]))).body).toMatchObject({ events: { accepted: 2 } });
  const third = { id: '1', kind: 'mail.clicked' };
  expect((await gateway.post('mailer', mailed([one, third]))).body).toMatchObject({
    events: { accepted: 1, duplicate: 1 },
  });
  expect((await gateway.post('mailer', mailed([one, other, third]))).body).toMatchObject({ events: { duplicate: 3 } });
  const { events } = await look(gateway);
  expect(events.map(({ type }: any) => type)).toEqual(['mail.sent', 'mail.opened', 'mail.clicked']);
});

it('IN7.1 releases the waiting events of a delivery with several, with its headers, and not the others again', async () => {
  const folder = temporaryFolder();
  const old = await start({ folder });
  await old.post('mailer', mailed([cancelledOrder('1'), cancelledOrder('2', 42)]));
  await old.close();
  const gateway = await start({ folder, provider: mailer(2) });
  const { data } = await gateway.query(RELEASE, { id: '1' });
  expect(data!['decided']).toMatchObject({ state: 'RELEASED' });
  const { events } = await look(gateway);
  expect(events.map(({ eventId, orderId, reason }: any) => [eventId, orderId, reason])).toEqual([
    ['1', 'order-1', 'south'],
    ['2', '42', 'south'],
  ]);
});

it('IN4.13 keeps a delivery whole that its provider cannot take apart, and takes it apart when it is released', async () => {
  const folder = temporaryFolder();
  const failing = mailer(1, () => {
    throw new RangeError('none');
  });
  const old = await start({ folder, provider: failing });
  const delivery = mailed([cancelledOrder('1'), cancelledOrder('2')]);
  for (let times = 0; times < 2; times += 1) {
    expect((await old.post('mailer', delivery)).body).toMatchObject({ status: 'quarantined', id: '1' });
  }
  const [waits] = (await look(old)).waiting;
  expect(waits.issues[0].message).toMatch(/failed on it \(RangeError at several-events\.test\.ts:\d+\)/);
  const still = await old.query(RELEASE, { id: '1' });
  expect(still.data!['decided']).toMatchObject({ state: 'WAITING' });
  await old.close();
  const gateway = await start({ folder });
  expect((await gateway.query(RELEASE, { id: '1' })).data!['decided']).toMatchObject({ state: 'RELEASED' });
  expect((await look(gateway)).events.map(({ eventId }: any) => eventId)).toEqual(['1', '2']);
});

it('IN4.13 keeps many events of one delivery that do not fit together, and releases them together', async () => {
  const folder = temporaryFolder();
  const old = await start({ folder });
  const list = Array.from({ length: 30 }, (_, index) => cancelledOrder(String(index), index));
  const receipt = await old.post('mailer', mailed([...list, cancelledOrder('good')]));
  expect(receipt.body).toMatchObject({ status: 'accepted', events: { accepted: 1, quarantined: 30 } });
  const { waiting } = await look(old);
  expect(waiting).toHaveLength(1);
  expect(waiting[0].issues[0].message).toBe('30 events of one delivery do not fit; of the first:');
  await old.close();
  const gateway = await start({ folder, provider: mailer(2) });
  expect((await gateway.query(RELEASE, { id: '1' })).data!['decided']).toMatchObject({ state: 'RELEASED' });
  const { events } = await look(gateway);
  expect(events).toHaveLength(31);
  expect(events.every(({ tenant }: any) => tenant.id === 'mailer:shop-south')).toBe(true);
});

it('IN5.5 takes so many events of one delivery at once and no more', async () => {
  const gateway = await start({ env: { MAX_BODY_BYTES: String(1024 * 1024) } });
  const list = (length: number) => Array.from({ length }, (_, id) => ({ kind: 'noise', id: String(id) }));
  expect((await gateway.post('mailer', mailed(list(5_000)))).body).toMatchObject({ events: { ignored: 5_000 } });
  expect((await gateway.post('mailer', mailed(list(5_001)))).body).toMatchObject({ status: 'quarantined' });
  expect((await look(gateway)).waiting[0].issues).toEqual([
    { path: '', message: 'has 5001 events, and 5000 at most are accepted at once' },
  ]);
});

it('OPS3.8 verify shows what would become of each event of a delivery', async () => {
  const folder = temporaryFolder();
  const { headers, body } = mailed([cancelledOrder('1'), cancelledOrder('2', 42)]);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const file = join(folder, 'capture.txt');
  writeFileSync(file, ['POST /webhooks/mailer HTTP/1.1', ...lines, '', body].join('\r\n'));
  const fixture = new URL('../fixtures/mailer.ts', import.meta.url).href;
  const config = `import { mailer } from '${fixture}';\nexport default { sources: { mailer: mailer() } };\n`;
  writeFileSync(join(folder, 'hookcast.config.ts'), config);
  const terminal = new TestTerminal({ ...environment(folder), CONFIG_FILE: join(folder, 'hookcast.config.ts') });
  await expect(verify('mailer', file, { personal: false }, terminal)).rejects.toThrow(
    'The delivery is authentic and 1 of its 2 events do not fit: each of these would wait in quarantine.',
  );
  const printed = terminal.lines.join('\n');
  expect(printed).toMatch(/events +2 in one delivery\nschema +fits order\.cancelled\n/);
  expect(printed).toMatch(/schema +does not fit order\.cancelled:\n +order: /);
});
