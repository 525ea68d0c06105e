import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Writable } from 'node:stream';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import type { NewRefused } from '../../src/events/refused.ts';
import { record } from '../../src/ingest/record.ts';
import { checksumOf } from '../../src/log/checksum.ts';
import * as postgres from '../../src/log/postgres/migrations/steps.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import * as sqlite from '../../src/log/sqlite/migrations/steps.ts';
import { Marker } from '../../src/log/marks.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { STRETCH } from '../../src/log/sqlite/words.ts';
import { Namer } from '../../src/providers/namer.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { newEntry, newPaused, newReconciliation, newToken } from '../contract/operators.contract.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway, temporaryFolder } from '../support/gateway.ts';
import { oldPostgresLog, oldSqliteLog } from '../support/old-log.ts';
import { query, sharedPostgres } from '../support/postgres.ts';
import { thoroughly } from '../support/thorough.ts';

const order = { at: 5_000, orderedBy: 'operator ana' };
/** From version 1 every step is taken. From the others it is the same way, begun later. */
const VERSIONS = thoroughly([1, 2, 3, 4, 5, 6, 7, 8], [1, 5, 8]);

/** A digest of SQL that is the same with other comments and line breaks. */
const digestOf = (sql: string) =>
  createHash('sha256').update(sql.replaceAll(/--.*/g, '').replaceAll(/\s+/g, ' ')).digest('hex').slice(0, 16);
const sqlOf = (step: readonly unknown[]) => step.filter((part) => typeof part === 'string').join(';');

it('OPS2.8 takes the steps to each version of the schema as they were when it was released', () => {
  // If this fails, a step was changed that existing logs have taken already: change it back, and add a step.
  expect(sqlite.STEPS.map((step) => digestOf(sqlOf(step)))).toEqual([
    'e5489ed0a46ad39f',
    'a4736409fdd5d2f5',
    '493df4c73531ed09',
    'e3b0c44298fc1c14',
    'e3b0c44298fc1c14',
    'e3b0c44298fc1c14',
    '561ca3396490c08d',
    'e64c49ae428ac100',
    '62abba49a7cfd38b',
    '72be9dea7a22b123',
    'a04e7fef0278793e',
    '02e1667fc4878ac0',
    'cb6ed447ff82b58c',
    'a7bf80a39f61bec7',
    '2bdd47e367ac4bba',
    '4e389a2a5c9f057f',
  ]);
  // In SQLite some of it is no SQL.
  const database = new DatabaseSync(':memory:');
  const schemas = sqlite.STEPS.map((_, version) => {
    sqlite.takeSteps(database, version, version + 1);
    const made = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    return digestOf(made.flatMap(({ type, name, sql }) => [type, name, sql]).join('\n'));
  });
  database.close();
  expect(schemas).toEqual([
    '38248a1938f625c2',
    'bce01afd40b91af0',
    'eb624bd22b3bb465',
    '3e9a8a7bfbbf77ec',
    '2ec3911d2933d197',
    '5e1db534e5de3c61',
    '5e1db534e5de3c61',
    '3c8a6d92f3b101a0',
    'ce26f081182fe3d5',
    'be87f3bd4e01c126',
    '3f30cbfafc90a18a',
    '4246ce498a79f1c1',
    '8ee2a7f29d8679a2',
    '8c436c74e8ef5b77',
    '9a285a476427df01',
    '329b92861357ec38',
  ]);
  expect(postgres.STEPS.map((step) => digestOf(sqlOf(step)))).toEqual([
    '73f191c1dd17282c',
    '31453c3530cc6f3d',
    'af2be35984ee30ea',
    '3fba8eed0268fb0b',
    '9d08a2368e2feecd',
    '6905e87ef62d2e20',
    '666f9e427f169b38',
    'b946e7d13989bda3',
    '671489b5b512ce23',
    '2fe9131b1d1219f1',
    '954ec942bd983022',
    '10b9c975492450fa',
    '4c45fbb797680855',
    '575c6d05002807d3',
    'd4a23ed6718d5d4c',
  ]);
});

interface Holding {
  /** Of the event. */
  readonly eventId?: string;
  /** Of the delivery in quarantine. */
  readonly waitsAs?: string;
  readonly checksum?: number;
  /** Events besides, as their shape, kind and data. */
  readonly events?: readonly (readonly [shape: string, kind: string | null, data: string])[];
  /** Ids with a tombstone, as an erasure of version 5 wrote it. */
  readonly erased?: readonly string[];
}

interface Kind {
  readonly name: string;
  /** A log as a hookcast of the version left it, with one event and one delivery in quarantine; how to open it. */
  readonly old: (version: number, holding?: Holding) => Promise<() => Promise<EventLog>>;
  /** A log, and statements of somebody else on it. */
  readonly now: () => Promise<{ readonly log: EventLog; readonly sql: (text: string) => Promise<unknown> }>;
  /** Brings the log to another version. */
  readonly to: (version: number) => string;
  readonly version: number;
}

/** The columns of an event and of a delivery in versions 1 to 3. */
const COLUMNS =
  'source, event_id, provider, type, shape, kind, tenant, subject, occurred_at, occurred_text, received_at, data';
const event = (id: string) =>
  `'eduzz', '${id}', 'eduzz', 'x', 'TicketCancellation', 'TICKET', 'eduzz:1', 'ticket/1', 1, '', 2, '{}'`;
const others = (schema: string, { events = [] }: Holding) =>
  events.map(([shape, kind, data], index) => {
    const said = `'${shape}', ${kind === null ? 'NULL' : `'${kind}'`}, 'eduzz:1', 'ticket/1', 1, '', 2, '${data}'`;
    return `INSERT INTO ${schema}events (${COLUMNS}) VALUES ('eduzz', 'other ${index}', 'eduzz', 'x', ${said});`;
  });
const PERSONAL = `'{"tenantName":null,"customer":{"name":null,"email":"rosa@people.example","phone":null,"externalId":null}}', '{}'`;
const delivery = (id?: string) => `'eduzz', 'old', 'eduzz', NULL, ${id === undefined ? 'NULL' : `'${id}'`}, '[]', 2`;
/** A delivery that waits in quarantine, and the rest of it without its person. */
const PAYLOAD = '{"id":"evt-0000001","email":"ana@people.example"}';
const REMAINDER = '{"id":"evt-0000001","email":""}';
const tombstones = (schema: string, ids: readonly string[], salt: string) =>
  (ids.length === 0 ? [] : ['sticket/1', ...new Marker(salt).values('eduzz', ids)]).map(
    (mark) =>
      `INSERT INTO ${schema}tombstones VALUES ('${mark}', '${mark.startsWith('s') ? 'eduzz' : '*'}', '*', true, 1, 'ana')`,
  );
const KEPT = 'source, digest, provider, type, event_id, issues, received_at';

const kinds: readonly Kind[] = [
  {
    name: 'SQLite',
    version: sqlite.VERSION,
    to: (version) => `PRAGMA user_version = ${version}`,
    old: async (version, holding = {}) => {
      const { eventId = 'old', waitsAs, checksum, erased = [] } = holding;
      const path = join(temporaryFolder(), 'hookcast.db');
      const database = oldSqliteLog(path, version);
      if (version === 1) {
        database.exec(`INSERT INTO events (${COLUMNS}, personal, raw) VALUES (${event(eventId)}, ${PERSONAL});
          INSERT INTO quarantine (${KEPT}, payload) VALUES (${delivery(waitsAs)}, '${PAYLOAD}')`);
      } else {
        database.exec(`INSERT INTO events (${COLUMNS}) VALUES (${event(eventId)});
          INSERT INTO personal (seq, personal, raw) VALUES (1, ${PERSONAL});
          INSERT INTO quarantine (${KEPT}) VALUES (${delivery(waitsAs)});
          INSERT INTO payloads (id, payload) VALUES (1, '${PAYLOAD}')`);
      }
      for (const statement of others('', holding)) database.exec(statement);
      if (checksum !== undefined) database.exec(`UPDATE payloads SET checksum = ${checksum}`);
      for (const statement of tombstones('', erased, String(database.prepare('SELECT * FROM log').get()?.['salt'])))
        database.exec(statement);
      // Which in PostgreSQL a trigger does.
      if (version >= 3 && version < 8) {
        database.exec(`INSERT INTO activity SELECT span, 0, 'eduzz', 'eduzz', 'TICKET', 1, 0
          FROM (SELECT 60000 AS span UNION ALL SELECT 900000)`);
      }
      database.close();
      return async () => new SqliteLog(path);
    },
    now: async () => {
      const path = join(temporaryFolder(), 'hookcast.db');
      const log = new SqliteLog(path);
      await log.append([newEvent()]);
      return {
        log,
        sql: async (text) => {
          const database = new DatabaseSync(path, { timeout: 30_000 });
          database.exec(text);
          database.close();
        },
      };
    },
  },
  {
    name: 'PostgreSQL',
    version: postgres.VERSION,
    to: (version) => `UPDATE hookcast.log SET version = ${version}`,
    old: async (version, holding = {}) => {
      const { eventId = 'old', waitsAs, checksum, erased = [] } = holding;
      const url = await sharedPostgres().newDatabase();
      (await oldPostgresLog(url, version)).destroy();
      await query(
        url,
        `INSERT INTO hookcast.events (${COLUMNS}, personal, raw) VALUES (${event(eventId)}, ${PERSONAL});
         INSERT INTO hookcast.quarantine (${KEPT}, payload) VALUES (${delivery(waitsAs)}, '${PAYLOAD}')`,
      );
      for (const statement of others('hookcast.', holding)) await query(url, statement);
      if (checksum !== undefined) await query(url, `UPDATE hookcast.quarantine SET checksum = ${checksum}`);
      for (const statement of tombstones('hookcast.', erased, 'the secret of this log, as it is'))
        await query(url, `UPDATE hookcast.log SET salt = 'the secret of this log, as it is'; ${statement}`);
      return () => PostgresLog.open(url);
    },
    now: async () => {
      const url = await sharedPostgres().newDatabase();
      const log = await PostgresLog.open(url);
      await log.append([newEvent()]);
      return { log, sql: (text) => query(url, text) };
    },
  },
];

describe.each(kinds)('$name', ({ old, now, to, version }) => {
  it.each(VERSIONS)('OPS2.8 brings a log of version %i up to date, and goes on with it', async (from) => {
    const log = await (await old(from))();
    await log.append([newEvent({ eventId: 'new' })]);
    const page = await log.read({ direction: 'forward', limit: 10, filter: {} });
    expect(page.events).toMatchObject([
      { eventId: 'old', personal: { customer: { email: 'rosa@people.example' } }, raw: '{}', version: null },
      { eventId: 'new', personal: { tenantName: 'Rosa' }, raw: '{"a":1}' },
    ]);
    // Version 8 has counted already, and what stands here nobody has counted.
    if (from < 8) {
      expect((await log.activity.count({ edges: [-900_000, 0, 900_000], filter: {} })).tallies).toMatchObject([
        { kind: null, shape: 'OtherEvent', events: 1 },
        { kind: 'TICKET', shape: 'TicketCancellation', happened: 'CANCELED', events: 1 },
      ]);
    }
    // A gateway's new name for the same digest, by which it knows the delivery when it comes again.
    const digest = from < 6 ? new Namer(await log.naming()).digest('eduzz', 'old') : 'old';
    expect(await log.quarantine.list({ limit: 10 })).toMatchObject([
      { digest, payload: PAYLOAD, state: 'WAITING', erasedAt: null, tenant: null },
    ]);
    // Rows of versions 2 to 4 have their own marks, which this test does not make.
    if (from === 1) {
      const { quarantined } = await log.erase({ by: 'email', email: 'ana@people.example', source: null }, order);
      expect(quarantined).toBe(1);
      expect(await log.quarantine.list({ limit: 10 })).toMatchObject([
        { digest, payload: REMAINDER, state: 'WAITING', erasedAt: 5_000 },
      ]);
    }
    expect((await log.erase(bySubject('ticket/1'), order)).erasures).toMatchObject([{ eventIds: ['old', 'new'] }]);
    await log.close();
  });

  it('OPS2.8 gives a delivery in quarantine the checksum of its new digest, and no checksum to an altered one', async () => {
    const said = ['eduzz', 'old', 'eduzz', null, null, '[]', PAYLOAD, 2];
    const checksum = checksumOf(said, [5]);
    const log = await (await old(5, { checksum }))();
    expect(await log.quarantine.list({ limit: 10 })).toMatchObject([{ payload: PAYLOAD }]);
    await log.close();
    const altered = await (await old(5, { checksum: checksum + 1 }))();
    await expect(altered.quarantine.list({ limit: 10 })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await altered.close();
  });

  it('LOG7.4 counts the happenings and amounts of events of version 7, whatever they contain', async () => {
    const order = (total: string) => ['OrderCancellation', 'ORDER', `{"total":${total},"title":"refund"}`] as const;
    const events = [
      ['TicketChange', null, '{"ticketChange":"CHECKED_IN"}'],
      // As it was called before types were declared.
      ['TicketChange', null, '{"change":"CHECKED_IN"}'],
      ['TicketChange', null, '{"ticketChange":7}'],
      ['BookingChange', null, '{"bookingChange":"CREATED","total":{"amount":"1","currency":"BRL"}}'],
      order('{"amount":"19.90","currency":"BRL"}'),
      order('{"amount":"0.10","currency":"brl"}'),
      order('{"amount":"19,90","currency":"BRL"}'),
      order('{"amount":19.9,"currency":"BRL"}'),
      order('null'),
      ['SubscriptionCancellation', 'SUBSCRIPTION', '{"price":{"amount":"5","currency":"a\\u0000b"}}'],
      ['SubscriptionCancellation', 'SUBSCRIPTION', '{"isScheduled":true,"refundExpected":true}'],
      ['OrderCancellation', 'ORDER', '{"'],
      ['OtherEvent', null, '{}'],
    ] as const;
    const log = await (await old(7, { events }))();
    const { tallies } = await log.activity.count({ edges: [0, 900_000], filter: {} });
    expect(
      tallies.map(({ shape, happened, currency, events, unsummed, units }) => [
        [shape, happened, currency].join(' '),
        [events, unsummed, units],
      ]),
    ).toEqual([
      ['BookingChange CREATED ', [1, 0, 0n]],
      ['OtherEvent  ', [1, 0, 0n]],
      ['SubscriptionCancellation SCHEDULED ', [1, 0, 0n]],
      ['TicketChange  ', [1, 0, 0n]],
      ['TicketChange CHECKED_IN ', [2, 0, 0n]],
      ['OrderCancellation CANCELED ', [3, 0, 0n]],
      ['OrderCancellation CANCELED BRL', [3, 1, 200_000n]],
      ['SubscriptionCancellation CANCELED ', [1, 1, 0n]],
      ['TicketCancellation CANCELED ', [1, 0, 0n]],
    ]);
    const { events: read } = await log.read({ direction: 'forward', limit: 6, filter: {} });
    expect(read.map(({ happened, worth }) => [happened, worth])).toEqual([
      ['CANCELED', null],
      ['CHECKED_IN', null],
      ['CHECKED_IN', null],
      [null, null],
      ['CREATED', null],
      ['CANCELED', { currency: 'BRL', units: 199_000 }],
    ]);
    await log.close();
  });

  it('IN3.8 recognizes events that an older hookcast named, also by tenant, until retention has passed them', async () => {
    const plain = `derived:${'a'.repeat(64)}`;
    const log = await (await old(5, { eventId: plain, waitsAs: plain }))();
    const logger = pino({ level: 'silent' });
    const namer = async () => new Namer(await log.naming());
    const again = { type: 'x', tenant: 'eduzz:1', eventId: 'derived:now' };
    const recorded = async (fields: object) =>
      record({ event: newEvent({ ...again, ...fields }), formerIds: [plain] }, { log, logger, namer: await namer() });
    expect((await namer()).hasFormer).toBe(true);
    expect(await recorded({})).toMatchObject({ event: { eventId: plain }, appended: { outcome: 'duplicate' } });
    // An attacker who could compute it could have taken it beforehand.
    const other = await recorded({ tenant: 'eduzz:2' });
    expect(other).toMatchObject({ event: { eventId: 'derived:now' }, appended: { outcome: 'accepted' } });
    // The delivery's own stays, so that its release is known to be that event again.
    expect(await log.quarantine.list({ limit: 10 })).toMatchObject([{ eventId: plain }]);
    await log.trim(3);
    expect((await namer()).hasFormer).toBe(false);
    await log.close();
  });

  it('PRIV1.15 removes tombstones by ids of no person when a log is brought up to date', async () => {
    const nil = '00000000-0000-0000-0000-000000000000';
    const log = await (await old(5, { erased: [nil, 'anonymous', 'contact-77'] }))();
    for (const id of [nil, 'anonymous', 'contact-77']) {
      await log.quarantine.keep(newQuarantined({ digest: id, values: [id] }));
    }
    const isErased = (await log.quarantine.list({ limit: 10 })).map(({ erasedAt }) => erasedAt !== null);
    expect(isErased).toEqual([false, false, false, true]);
    await log.close();
  });

  it('PRIV2.6 leaves no id in quarantine that can be worked out from what was sent, when a log is brought up to date', async () => {
    const plain = `derived:${'b'.repeat(64)}`;
    for (const [waitsAs, eventId] of [
      [plain, null],
      ['of-the-sender', 'of-the-sender'],
    ] as const) {
      const checksum = checksumOf(['eduzz', 'old', 'eduzz', null, waitsAs, '[]', PAYLOAD, 2], [5]);
      const log = await (await old(5, { waitsAs, checksum }))();
      expect(await log.quarantine.list({ limit: 10 })).toMatchObject([{ eventId, payload: PAYLOAD }]);
      expect((await log.memory.forgotten()).formerUpTo).toBe(1);
      await log.close();
    }
  });

  it('OPS2.9 writes nothing to a log that another hookcast brought to a newer version, and reads on', async () => {
    const { log, sql } = await now();
    const id = await log.quarantine.keep(newQuarantined({ digest: 'waits' }));
    const sighting = { source: 'wix', type: 'x', path: 'a', change: 'NULL', expected: false, count: 1, at: 1 } as const;
    await log.fields.add([sighting]);
    const answer = { source: 'eduzz', outcome: 'accepted', hour: 3_600_000, count: 1, lastAt: 3_600_001 };
    await log.answers.add([answer]);
    const token = newToken();
    await log.tokens.keep(token);
    await log.audit.add([newEntry()]);
    const refused = (digest: string): NewRefused => {
      const said = { source: 'eduzz', sender: 'a', reason: 'no', size: 1, sealed: 'x' };
      return { ...said, digest, receivedAt: 1, expiresAt: 2_000 };
    };
    const room = { count: 10, size: 10_000 };
    await log.refused.keep([refused('first'), refused('second')], room);
    const [firstRefused] = await log.refused.list({ limit: 1, now: 0 });
    await log.pauses.pause(newPaused());
    const secret = { source: 'eduzz', secret: 'encrypted', at: 1 };
    await log.receivedSecrets.keep(secret, 5);
    await log.reconciliations.take('stripe', 'me');
    await log.types.announce('a gateway', 'its types');
    await log.silences.begin('eduzz', 1_000);
    // SQLite indexes the words of a whole stretch of events.
    await log.append(
      Array.from({ length: STRETCH }, (_, index) => newEvent({ eventId: `of many ${index}`, receivedAt: 1e13 })),
    );
    const [first] = (await log.read({ direction: 'forward', limit: 1, filter: {} })).events;
    const state = async () => [
      await log.read({ direction: 'forward', limit: 1_000, filter: {} }),
      await log.quarantine.list({ limit: 10 }),
      await log.fields.list(),
      await log.answers.list(0),
      (await log.memory.forgotten()).tombstones,
      await log.tokens.list(),
      await log.audit.list({ limit: 10 }),
      await log.refused.list({ limit: 10, now: 0 }),
      await log.pauses.list(),
      await log.receivedSecrets.list(),
      await log.reconciliations.list(),
      await log.silences.list(),
    ];
    const before = await state();
    const writes: Record<string, () => Promise<unknown>> = {
      tryToWrite: () => log.tryToWrite(),
      append: () => log.append([newEvent()]),
      duplicate: () => log.append([newEvent({ eventId: 'again' }), newEvent({ eventId: 'again' })]),
      indexWords: () => log.words.advance(),
      revise: () =>
        log.revisions.run((revise) =>
          revise([{ seq: first!.cursor.seq, event: newEvent({ eventId: first!.eventId }) }], 9),
        ),
      erase: () => log.erase(bySubject('ticket/1'), order),
      trim: () => log.trim(1e12),
      quarantine: () => log.quarantine.keep(newQuarantined()),
      settle: () => log.quarantine.settle(id, { state: 'DISCARDED', eventId: null, at: 1 }),
      recordFields: () => log.fields.add([sighting]),
      expectFields: () => log.fields.expect(),
      recordAnswers: () => log.answers.add([answer]),
      keepToken: () => log.tokens.keep(newToken()),
      useToken: () => log.tokens.use([{ id: token.id, at: 2 }]),
      revokeToken: () => log.tokens.revoke(token.id, 2),
      note: () => log.audit.add([newEntry()]),
      trimAudit: () => log.audit.trim(2_000),
      keepRefused: () => log.refused.keep([refused('third')], room),
      dropRefused: () => log.refused.drop(firstRefused!.id),
      expireRefused: () => log.refused.expire(3_000),
      pause: () => log.pauses.pause(newPaused({ source: 'wix' })),
      resume: () => log.pauses.resume('eduzz'),
      keepReceivedSecret: () => log.receivedSecrets.keep(secret, 5),
      takeReconciliation: () => log.reconciliations.take('eduzz', 'me'),
      keepReconciliation: () => log.reconciliations.keep(newReconciliation(), 'me'),
      endReconciliation: () => log.reconciliations.end('stripe', 'me'),
      announceTypes: () => log.types.announce('another gateway', 'its types'),
      withdrawTypes: () => log.types.withdraw('a gateway'),
      beginSilence: () => log.silences.begin('wix', 1_000),
      endSilence: () => log.silences.end('eduzz'),
      assertWritable: () => log.assertWritable(),
    };
    await sql(to(version + 1));
    for (const [name, write] of Object.entries(writes)) {
      const error: any = await write().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error, name).toMatchObject({ code: 'LOG_UNAVAILABLE' });
      expect(error.cause.message, name).toMatch(/newer hookcast.*start the newer hookcast everywhere/);
    }
    expect(await state()).toEqual(before);
    await sql(to(version - 1));
    const put = await log.append([newEvent()]).catch((error: unknown) => error);
    expect(put).toMatchObject({ cause: { message: expect.stringMatching(/put back to schema \d+.*start it again/) } });
    await sql(to(version));
    for (const write of Object.values(writes)) await write();
    await log.close();
  });
});

it('OPS2.8 hashes no digest twice in a file that was rescued, and so takes the step once more', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const before = new SqliteLog(path);
  const id = await before.quarantine.keep(newQuarantined({ digest: 'of now' }));
  await before.append([newEvent()]);
  await before.close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 2');
  database.close();
  const log = new SqliteLog(path);
  expect(await log.quarantine.find(id)).toMatchObject({ digest: 'of now' });
  expect(await log.naming()).toMatchObject({ hasFormer: false });
  await log.close();
});

it('OPS2.9 tells a gateway of versions 1 to 3 that it is too old, whatever it writes', async () => {
  const url = await sharedPostgres().newDatabase();
  const log = await PostgresLog.open(url);
  await log.append([newEvent({ eventId: 'before' })]);
  const id = await log.quarantine.keep(newQuarantined());
  const event = JSON.stringify([
    ['eduzz', 'late', 'eduzz', 'x', 'X', null, 't', null, 1, '', 1, '{}', '{}', '{}', null, '{}'],
  ]);
  const calls = [
    `append('', (SELECT salt FROM hookcast.log), '${event}')`,
    `quarantine((SELECT salt FROM hookcast.log), '[["eduzz","d","eduzz",null,null,"[]","{}",1,"{}"]]')`,
    `settle(${id}, 'DISCARDED', NULL, 1)`,
    "erase('', NULL, 'eduzz', NULL, 'ticket/1', '{}', NULL, 1, 'x')",
    'trim(1000000, 500, 1)',
  ];
  for (const call of calls) {
    const asked = query(url, `SET hookcast.history = 'test'; SELECT hookcast.${call}`);
    await expect(asked, call).rejects.toThrow(/start the newer hookcast everywhere/);
  }
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events).toMatchObject([{ eventId: 'before', raw: '{"a":1}' }]);
  await log.close();
});

it('OPS2.9 answers 503 and is not ready when another hookcast has brought its log to a newer version, with one line that says what to do', async () => {
  const folder = temporaryFolder();
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk))), done()) });
  const gateway = await TestGateway.start({ folder, logger: pino({ level: 'warn' }, sink) });
  const database = new DatabaseSync(join(folder, 'hookcast.db'), { timeout: 30_000 });
  const ready = async () => (await fetch(`${gateway.url}/readyz`)).status;
  expect(await ready()).toBe(200);
  database.exec(`PRAGMA user_version = ${sqlite.VERSION + 1}`);
  // Before any delivery has failed.
  expect(await ready()).toBe(503);
  for (let times = 0; times < 5; times += 1) expect((await gateway.eduzz(attendanceCanceled())).status).toBe(503);
  expect(await ready()).toBe(503);
  const said = lines.filter((line) => JSON.stringify(line).includes('start the newer hookcast everywhere'));
  for (const msg of ['not ready', "the log can't be written"]) {
    expect(
      said.filter((line) => line['msg'] === msg),
      msg,
    ).toHaveLength(1);
  }
  database.exec(`PRAGMA user_version = ${sqlite.VERSION}`);
  database.close();
  expect((await gateway.eduzz(attendanceCanceled())).status).toBe(200);
  expect(await ready()).toBe(200);
});
