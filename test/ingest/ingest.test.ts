import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { Drift } from '../../src/ingest/drift.ts';
import { Desk } from '../../src/ingest/desk.ts';
import { Ingest } from '../../src/ingest/ingest.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import type { Unnormalised } from '../../src/providers/provider.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { signAsWix } from '../../src/providers/wix/samples.ts';
import { wix } from '../../src/providers/wix/wix.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { wixClaims } from '../fixtures/wix.ts';
import { EDUZZ_SECRET, WIX_PUBLIC_KEY, temporaryFolder, wixKeys } from '../support/gateway.ts';

function setUp(
  mostWaiting: number,
  logger = pino({ level: 'silent' }),
): { ingest: Ingest; log: EventLog; path: string } {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  onTestFinished(() => log.close());
  const sources = new Map([
    ['eduzz', eduzz({ secrets: [EDUZZ_SECRET] })],
    ['wix', wix({ publicKeys: [WIX_PUBLIC_KEY] })],
  ]);
  const drift = new Drift({ record: log, logger, drifted: () => {} }, []);
  onTestFinished(() => drift.stop());
  const quarantined = () => {};
  const most = { mostValues: 20_000, limited: () => {}, mostWaiting };
  const ingest = new Ingest({ sources, log, logger, drift, quarantined, now: Date.now, ...most });
  return { ingest, log, path };
}

function delivery(payload = attendanceCanceled()) {
  const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
  return { headers, body: Buffer.from(body) };
}

it('IN1.4 turns deliveries away when as many wait as may, and loses none of those that do', async () => {
  const { ingest, log, path } = setUp(3);
  const other = new DatabaseSync(path, { timeout: 10_000 });
  other.exec('BEGIN IMMEDIATE');
  const waiting = [1, 2, 3].map(() => ingest.receive('eduzz', delivery()));
  await expect(ingest.receive('eduzz', delivery())).rejects.toMatchObject({ code: 'OVERLOADED' });
  // What nobody signed takes no place and is told so, also now.
  const forged = { ...delivery(), headers: { 'x-signature': '0'.repeat(64) } };
  await expect(ingest.receive('eduzz', forged)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  other.exec('ROLLBACK');
  other.close();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(await ingest.receive('eduzz', delivery())).toMatchObject({ status: 'accepted' });
  expect((await log.read({ direction: 'forward', limit: 10, filter: {} })).events).toHaveLength(4);
});

it('IN4.3 keeps in quarantine what the log itself refuses', async () => {
  const { ingest, log, path } = setUp(3);
  const other = new DatabaseSync(path, { timeout: 10_000 });
  other.exec(`CREATE TRIGGER picky BEFORE INSERT ON events WHEN NEW.tenant = 'eduzz:13'
              BEGIN SELECT RAISE(ABORT, 'unlucky'); END`);
  other.close();
  const unlucky = attendanceCanceled({ producer: { id: 13, name: 'R', email: 'r@r.example' } });
  expect(await ingest.receive('eduzz', delivery(unlucky))).toMatchObject({ status: 'quarantined' });
  expect(await ingest.receive('eduzz', delivery())).toMatchObject({ status: 'accepted' });
  expect(await log.listQuarantined({ limit: 10 })).toMatchObject([{ eventId: unlucky['id'] }]);
});

it('IN1.6 acknowledges nothing, and keeps nothing in quarantine, while the log takes no event or says nothing of it', async () => {
  const { ingest, log, path } = setUp(3);
  const other = new DatabaseSync(path, { timeout: 10_000 });
  other.exec("CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END");
  const canceled = attendanceCanceled();
  await expect(ingest.receive('eduzz', delivery(canceled))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  expect(ingest.isFailing).toBe(true);
  other.exec('DROP TRIGGER no');
  other.close();
  const silent = vi.spyOn(log, 'append').mockResolvedValueOnce([]);
  await expect(ingest.receive('eduzz', delivery(canceled))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  expect(silent).toHaveBeenCalledOnce();
  expect(await ingest.receive('eduzz', delivery(canceled))).toMatchObject({ status: 'accepted' });
  expect(await log.listQuarantined({ limit: 10 })).toEqual([]);
});

it('IN3.3 takes the id of another event for an id that is not its own, and records both, each once', async () => {
  const { ingest, log } = setUp(10);
  const canceled = attendanceCanceled({ id: 'shared' });
  const edited = { ...canceled, event: 'blinket.attendance_edited' };
  const answers = await Promise.all(
    [canceled, edited, canceled, edited].map((it) => ingest.receive('eduzz', delivery(it))),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate']);
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events.map(({ type }) => type).toSorted()).toEqual([
    'blinket.attendance_canceled',
    'blinket.attendance_edited',
  ]);
  expect(events.map(({ eventId }) => eventId).toSorted()).toEqual([
    expect.stringMatching(/^derived:[0-9a-f]{64}$/),
    'shared',
  ]);
});

it('IN3.4 takes the same id with another body for the event that it has, and says so in the log of the gateway', async () => {
  const lines: string[] = [];
  const { ingest, log } = setUp(10, pino({ level: 'info' }, { write: (line) => void lines.push(line) }));
  await ingest.receive('eduzz', delivery(attendanceCanceled({ id: 'shared' })));
  const changed = attendanceCanceled({ id: 'shared', participant: { name: 'Ana Imaginária' } });
  expect(await ingest.receive('eduzz', delivery(changed))).toEqual({ status: 'duplicate', id: 'shared' });
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events).toMatchObject([{ eventId: 'shared', personal: { customer: { name: 'Iara Fictícia' } } }]);
  expect(lines.join('')).toContain('another body');
  expect(lines.join('')).not.toMatch(/Iara|Ana/);
});

it('IN3.3 takes the id of another tenant’s event for an id that is not its own', async () => {
  const { ingest, log } = setUp(10);
  const inHouse = (id: number) =>
    ingest.receive(
      'eduzz',
      delivery(attendanceCanceled({ id: 'shared', producer: { id, name: 'R', email: 'r@r.example' } })),
    );
  const answers = [await inHouse(1), await inHouse(2), await inHouse(2), await inHouse(1)];
  expect(answers.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate']);
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events.map(({ tenant }) => tenant)).toEqual(['eduzz:1', 'eduzz:2']);
});

it('PRIV1.9 erases the contact that a request for privacy names, also when it names nothing else', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  const { ingest, log } = setUp(10, logger);
  const event = async (fields: Record<string, unknown>) => {
    const claims = wixClaims(fields, { eventType: 'wix.crm.v1.note_changed' });
    const { headers, body } = await signAsWix(claims, wixKeys.privateKey);
    return ingest.receive('wix', { headers, body: Buffer.from(body) });
  };
  const detail = { actionEvent: { body: { contactId: 'k1', email: 'ana@imaginaria.example' } } };
  await event({ id: 'before', ...detail });
  await event({ id: 'other', actionEvent: { body: { contactId: 'k2', email: 'eva@imaginaria.example' } } });
  const request = { id: 'request', triggeredByAnonymizeRequest: true, entityId: '', entityFqdn: null, slug: null };
  expect(await event({ ...request, ...detail })).toMatchObject({ status: 'accepted' });
  const { events, erasures } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events.map(({ eventId, raw }) => `${eventId} ${raw !== null}`)).toEqual([
    'before false',
    'other true',
    'request false',
  ]);
  expect(erasures).toContainEqual(expect.objectContaining({ eventIds: ['before'] }));
  await event({ ...request, id: 'nobody', actionEvent: { body: { email: 'ana@imaginaria.example' } } });
  expect(lines.join('')).toContain('names nobody');
  // Nor the contact: that is what the provider calls somebody.
  expect(lines.join('')).not.toMatch(/imaginaria|"contact\/|k1/);
});

it('IN7.2 releases to the provider that it came from, and throws nothing away by itself', async () => {
  const { log } = setUp(10);
  const verify = sharedToken({ header: 'x-token', tokens: ['t'.repeat(8)] });
  const named = (name: string, about: () => Unnormalised) => defineProvider({ name, verify, about, events: {} });
  const id = await log.quarantine({
    provider: 'gym',
    source: 'it',
    type: null,
    eventId: null,
    digest: 'd',
    issues: [],
    payload: '{"a":1}',
    values: [],
    receivedAt: Date.now(),
  });
  const cases: [ReturnType<typeof named>, RegExp][] = [
    [named('bank', () => ({ outcome: 'pong' })), /provider gym/],
    [named('gym', () => ({ outcome: 'pong' })), /no event/],
    [named('gym', () => ({ outcome: 'ignored', reason: 'of another house' })), /of another house/],
  ];
  for (const [provider, message] of cases) {
    const desk = new Desk({
      sources: new Map([['it', provider]]),
      log,
      logger: pino({ level: 'silent' }),
      mostValues: 20_000,
      limited: () => {},
      now: Date.now,
    });
    expect(await desk.release(id)).toMatchObject({
      state: 'WAITING',
      payload: '{"a":1}',
      issues: [{ path: '', message: expect.stringMatching(message) }],
    });
  }
});
