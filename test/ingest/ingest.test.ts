import { hash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import type { EventLog } from '../../src/events/event-log.ts';
import { Drift } from '../../src/ingest/drift.ts';
import { Review } from '../../src/ingest/review.ts';
import { Ingest } from '../../src/ingest/ingest.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { otherEvent } from '../../src/declaration/event-type.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { hmacKey, hmacSha256 } from '../../src/providers/hmac.ts';
import { Namer } from '../../src/providers/namer.ts';
import type { Unnormalised } from '../../src/providers/provider.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { signAsWix } from '../../src/providers/wix/samples.ts';
import { wix } from '../../src/providers/wix/wix.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { calComCancelled } from '../fixtures/providers.ts';
import { wixClaims } from '../fixtures/wix.ts';
import { EDUZZ_SECRET, WIX_PUBLIC_KEY, temporaryFolder, wixKeys } from '../support/gateway.ts';

function setUp(
  mostWaiting: number,
  logger = pino({ level: 'silent' }),
  path = join(temporaryFolder(), 'hookcast.db'),
): { ingest: Ingest; log: EventLog; path: string; limited: string[] } {
  const log = new SqliteLog(path);
  onTestFinished(() => log.close());
  const sources = new Map([
    ['eduzz', eduzz({ secrets: [EDUZZ_SECRET] })],
    ['calcom', calCom({ secrets: [EDUZZ_SECRET] })],
    ['wix', wix({ publicKeys: [WIX_PUBLIC_KEY] })],
  ]);
  const drift = new Drift({ record: log.fields, logger, onDrift: () => {} }, []);
  onTestFinished(() => drift.stop());
  const quarantined = () => {};
  const limited: string[] = [];
  const ingest = new Ingest({
    sources,
    log,
    logger,
    drift,
    onQuarantine: quarantined,
    onLimit: (limit) => limited.push(limit),
    mostValues: 20_000,
    now: Date.now,
    mostWaiting,
  });
  return { ingest, log, path, limited };
}

function delivery(payload = attendanceCanceled()) {
  const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
  return { headers, body: Buffer.from(body) };
}

it('IN1.4 turns deliveries away if too many wait, and loses none of the waiting ones', async () => {
  const { ingest, log, path } = setUp(3);
  const other = new DatabaseSync(path, { timeout: 10_000 });
  other.exec('BEGIN IMMEDIATE');
  const waiting = [1, 2, 3].map(() => ingest.receive('eduzz', delivery()));
  await expect(ingest.receive('eduzz', delivery())).rejects.toMatchObject({ code: 'OVERLOADED' });
  // An unsigned delivery takes no place, and is still refused as unsigned.
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
  expect(await log.quarantine.list({ limit: 10 })).toMatchObject([{ eventId: unlucky['id'] }]);
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
  expect(await log.quarantine.list({ limit: 10 })).toEqual([]);
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

const inHouse = (producer: number, fields: Record<string, unknown>) =>
  delivery(attendanceCanceled({ producer: { id: producer, name: 'R', email: 'r@r.example' }, ...fields }));

it('IN3.7 records an event although another tenant has taken its id and derived id beforehand', async () => {
  const { ingest, log } = setUp(10);
  const type = 'blinket.attendance_canceled';
  const itself = ['eduzz:2', type, 'wanted'];
  const namer = new Namer(await log.naming());
  // The id that an older hookcast would have derived, and that of this one, as if the secret were known.
  const known = [hash('sha256', JSON.stringify(itself)), namer.eventId('eduzz', 'eduzz:2', [...itself, 1])];
  const taken = ['wanted', ...known.map((id) => `derived:${id.replace('derived:', '')}`)];
  for (const id of taken)
    expect(await ingest.receive('eduzz', inHouse(1, { id }))).toMatchObject({ status: 'accepted' });
  const wanted = inHouse(2, { id: 'wanted' });
  const answer = await ingest.receive('eduzz', wanted);
  expect(answer.status).toBe('accepted');
  expect(await ingest.receive('eduzz', wanted)).toEqual({ ...answer, status: 'duplicate' });
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events.map(({ tenant }) => tenant)).toEqual(['eduzz:1', 'eduzz:1', 'eduzz:1', 'eduzz:2']);
  // A sender's id that begins as hookcast's own ids is ignored.
  for (const { eventId } of events.slice(1, 3)) expect(taken).not.toContain(eventId);
  expect(events[3]).toMatchObject({ eventId: taken[2] });
});

it('IN3.7 keeps an event in quarantine when others have every id that it could have, and answers no duplicate', async () => {
  const { ingest, log } = setUp(10);
  const namer = new Namer(await log.naming());
  const itself = ['eduzz:2', 'blinket.attendance_canceled', 'wanted'];
  const ids = [1, 2, 3].map((tries) => namer.eventId('eduzz', 'eduzz:2', [...itself, tries]));
  await log.append(['wanted', ...ids.slice(0, 2)].map((eventId) => newEvent({ eventId })));
  const first = inHouse(2, { id: 'wanted', participant: { name: 'Ana' } });
  expect(await ingest.receive('eduzz', first)).toEqual({ status: 'accepted', id: ids[2] });
  const another = new Namer({ secret: 'of nobody', hasFormer: false });
  vi.spyOn(Namer.prototype, 'eventId').mockReturnValue(another.eventId('eduzz', 'eduzz:1', 'all the same'));
  onTestFinished(() => void vi.restoreAllMocks());
  await log.append([newEvent({ eventId: another.eventId('eduzz', 'eduzz:1', 'all the same') })]);
  const lost = inHouse(3, { id: 'wanted' });
  const kept = await ingest.receive('eduzz', lost);
  expect(kept.status).toBe('quarantined');
  expect(await ingest.receive('eduzz', lost)).toEqual(kept);
  expect(await log.quarantine.list({ limit: 10 })).toMatchObject([{ eventId: 'wanted', tenant: 'eduzz:3' }]);
});

it('IN3.9 records one event of the copies that go to several webhooks at the same moment, and each seat on its own', async () => {
  const { ingest, log } = setUp(10);
  const send = (fields: Record<string, unknown>, createdAt: string) => {
    const body = Buffer.from(JSON.stringify({ ...calComCancelled(fields), createdAt }));
    const signature = hmacSha256(hmacKey(EDUZZ_SECRET), body).toString('hex');
    return ingest.receive('calcom', { headers: { 'x-cal-signature-256': signature }, body });
  };
  const seats = ['seat-1', 'seat-2'].map((attendeeSeatId) => ({ attendeeSeatId, seatsPerTimeSlot: 4 }));
  const answers = await Promise.all(
    [{}, ...seats].flatMap((fields) => [
      send(fields, '2026-05-06T07:08:09.010Z'),
      send(fields, '2026-05-06T07:08:09.012Z'),
      send(fields, '2026-05-06T07:08:11.700Z'),
    ]),
  );
  expect(answers.map(({ status }) => status).filter((status) => status === 'accepted')).toHaveLength(3);
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events.map(({ subject }) => subject)).toEqual(Array.from({ length: 3 }, () => 'booking/uid-of-a-booking'));
});

it('IN3.8 takes a delivery without an id, or one whose id was taken, for the event that an older hookcast made of it', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const ofEduzz = delivery(attendanceCanceled({ id: undefined }));
  const taken = inHouse(2, { id: 'taken' });
  const body = Buffer.from(JSON.stringify(calComCancelled()));
  const ofCalCom = {
    headers: { 'x-cal-signature-256': hmacSha256(hmacKey(EDUZZ_SECRET), body).toString('hex') },
    body,
  };
  const type = 'blinket.attendance_canceled';
  const plain = [
    ofEduzz.body.toString(),
    '["BOOKING_CANCELLED","2026-05-06T07:08:09.010Z","uid-of-a-booking"]',
    JSON.stringify(['eduzz:2', type, 'taken']),
  ].map((text) => `derived:${hash('sha256', text)}`);
  const [eduzzs, calcoms, apart] = plain as [string, string, string];
  const before = new SqliteLog(path);
  await before.append([
    newEvent({ eventId: eduzzs, type, tenant: 'eduzz:7001' }),
    newEvent({
      eventId: calcoms,
      type: 'BOOKING_CANCELLED',
      tenant: 'calcom:42',
      source: 'calcom',
      provider: 'calcom',
    }),
    newEvent({ eventId: 'taken', type, tenant: 'eduzz:1' }),
    newEvent({ eventId: apart, type, tenant: 'eduzz:2' }),
  ]);
  await before.close();
  const database = new DatabaseSync(path);
  database.exec('UPDATE log SET former_up_to = 4');
  database.close();

  const { ingest, log } = setUp(10, undefined, path);
  expect(await ingest.receive('eduzz', ofEduzz)).toEqual({ status: 'duplicate', id: eduzzs });
  expect(await ingest.receive('calcom', ofCalCom)).toEqual({ status: 'duplicate', id: calcoms });
  expect(await ingest.receive('eduzz', taken)).toEqual({ status: 'duplicate', id: apart });
  // Retention has passed them: what comes again is new, as it always was.
  await log.trim(Date.now());
  expect(await log.naming()).toMatchObject({ hasFormer: false });
  expect(await ingest.receive('eduzz', ofEduzz)).toMatchObject({ status: 'accepted' });
});

it('PRIV1.15 leaves the waiting deliveries of other sites alone if a site’s privacy request names their ids, or ids of no person', async () => {
  const { ingest, log } = setUp(10);
  const nil = '00000000-0000-0000-0000-000000000000';
  const theirs = 'contact-of-the-other-site';
  const send = async (instanceId: string, event: Record<string, unknown>, eventType = 'wix.crm.v1.note_changed') => {
    const { headers, body } = await signAsWix(wixClaims(event, { instanceId, eventType }), wixKeys.privateKey);
    return ingest.receive('wix', { headers, body: Buffer.from(body) });
  };
  // An id that is no text does not fit.
  const unfit = { id: {}, actionEvent: { body: { contactId: theirs, ownerId: nil, email: 'ana@imaginaria.example' } } };
  for (const site of ['site-1', 'site-2', 'site-3']) {
    expect(await send(site, { ...unfit, site })).toMatchObject({ status: 'quarantined' });
  }
  const request = { triggeredByAnonymizeRequest: true, entityFqdn: 'wix.crm.v1.note', slug: 'changed' };
  await send('site-1', { ...request, id: 'r1', entityId: nil, actionEvent: { body: { contactId: theirs } } });
  await send('site-1', { ...request, id: 'r2', entityId: theirs });
  // Also when it comes late.
  await send('site-2', { ...unfit, late: true });
  const kept = await log.quarantine.list({ limit: 10 });
  expect(kept.map(({ tenant, erasedAt }) => [tenant, erasedAt !== null])).toEqual([
    ['wix:site-1', true],
    ['wix:site-2', false],
    ['wix:site-3', false],
    ['wix:site-2', false],
  ]);
});

it('PRIV2.6 gives what has no id one that can’t be worked out from what was sent, nor can its place in quarantine', async () => {
  const { ingest, log } = setUp(10);
  const sent = delivery(attendanceCanceled({ id: undefined }));
  const unfit = delivery(attendanceCanceled({ id: undefined, data: { participant: undefined } }));
  const plain = (of: typeof sent) => hash('sha256', of.body);
  const { id } = await ingest.receive('eduzz', sent);
  expect(id).toMatch(/^derived:[0-9a-f]{64}$/);
  expect(id).not.toContain(plain(sent));
  expect(await ingest.receive('eduzz', sent)).toEqual({ status: 'duplicate', id });
  const kept = await ingest.receive('eduzz', unfit);
  expect(await ingest.receive('eduzz', unfit)).toEqual(kept);
  const [waiting] = await log.quarantine.list({ limit: 10 });
  expect(waiting?.digest).toBe(new Namer(await log.naming()).digest('eduzz', plain(unfit)));
  expect(JSON.stringify(waiting)).not.toContain(plain(unfit));
});

it('IN4.5 notes whose a delivery in quarantine is, as far as that shows', async () => {
  const { ingest, log } = setUp(10);
  await ingest.receive('eduzz', inHouse(7, { data: { participant: undefined } }));
  await ingest.receive(
    'eduzz',
    delivery({ ...attendanceCanceled({ producer: { id: 8, name: 'R', email: 'r' } }), event: 1 }),
  );
  await ingest.receive('eduzz', delivery(attendanceCanceled({ producer: { name: 'R', email: 'r@r.example' } })));
  const claims = wixClaims({}, { eventType: '' });
  const { headers, body } = await signAsWix(claims, wixKeys.privateKey);
  await ingest.receive('wix', { headers, body: Buffer.from(body) });
  const tenants = (await log.quarantine.list({ limit: 10 })).map(({ tenant }) => tenant);
  expect(tenants).toEqual(['eduzz:7', 'eduzz:8', null, expect.stringMatching(/^wix:/)]);
});

it('PRIV1.9 erases the contact that a request for privacy names, also when it names nothing else', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  const { ingest, log, limited } = setUp(10, logger);
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
  expect(lines.join('')).toContain('identifies no person');
  expect(limited).toEqual([]);
  const nil = '00000000-0000-0000-0000-000000000000';
  await event({ ...request, id: 'nil', actionEvent: { body: { contactId: nil } } });
  expect(lines.filter((line) => line.includes('identifies no person'))).toHaveLength(2);
  await event({ ...request, id: 'of nil', entityId: nil, entityFqdn: 'wix.crm.v1.note', ...detail });
  expect(limited).toEqual(['erased_ids']);
  expect(lines.at(-1)).toContain('not searched for in quarantine');
  // Nor the contact, which is the provider's name for a person.
  expect(lines.join('')).not.toMatch(/imaginaria|"contact\/|k1/);
});

it('IN3.5 releases a delivery under the id that was derived when it came, even if the data for that id is gone', async () => {
  const { log } = setUp(10);
  const logger = pino({ level: 'silent' });
  const gym = (schema: z.ZodType) =>
    defineProvider({
      name: 'gym',
      verify: sharedToken({ header: 'x-token', tokens: ['t'.repeat(8)] }),
      about: ({ payload }) => ({ type: 'left', account: 'north', derivedFrom: [payload['note']] }),
      events: { left: event(schema, () => otherEvent()) },
    });
  const sources = new Map([['gym', gym(z.object({ seat: z.number() }))]]);
  const drift = new Drift({ record: log.fields, logger, onDrift: () => {} }, []);
  onTestFinished(() => drift.stop());
  const most = { mostValues: 20_000, onLimit: () => {}, mostWaiting: 3 };
  const ingest = new Ingest({ sources, log, logger, drift, onQuarantine: () => {}, now: Date.now, ...most });
  const body = Buffer.from('{"note":"ana@imaginaria.example","at":"2026-01-01"}');
  const sent = { headers: { 'x-token': 't'.repeat(8) }, body };
  const kept = await ingest.receive('gym', sent);
  const [{ eventId } = { eventId: null }] = await log.quarantine.list({ limit: 1 });
  expect(eventId).toMatch(/^derived:/);
  await log.erase({ by: 'email', email: 'ana@imaginaria.example', source: null }, { at: 1, orderedBy: 'ana' });
  sources.set('gym', gym(z.object({})));
  const review = new Review({ sources, log, logger, now: Date.now, ...most });
  expect(await review.release(Number(kept.id))).toMatchObject({ state: 'RELEASED', eventId });
  expect(await ingest.receive('gym', sent)).toEqual({ status: 'duplicate', id: eventId });
});

it('IN7.2 releases to the provider that it came from, and throws nothing away by itself', async () => {
  const { log } = setUp(10);
  const verify = sharedToken({ header: 'x-token', tokens: ['t'.repeat(8)] });
  const named = (name: string, about: () => Unnormalised) => defineProvider({ name, verify, about, events: {} });
  const id = await log.quarantine.keep({
    provider: 'gym',
    source: 'it',
    tenant: null,
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
    [named('gym', () => ({ outcome: 'pong' })), /not an event/],
    [named('gym', () => ({ outcome: 'ignored', reason: 'of another house' })), /of another house/],
  ];
  for (const [provider, message] of cases) {
    const review = new Review({
      sources: new Map([['it', provider]]),
      log,
      logger: pino({ level: 'silent' }),
      mostValues: 20_000,
      onLimit: () => {},
      now: Date.now,
    });
    expect(await review.release(id)).toMatchObject({
      state: 'WAITING',
      payload: '{"a":1}',
      issues: [{ path: '', message: expect.stringMatching(message) }],
    });
  }
});
