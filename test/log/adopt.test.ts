import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { QUARTER } from '../../src/events/activity.ts';
import { KINDS } from '../../src/events/cancellation.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import { worthOf } from '../../src/events/worth.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { newEntry, newPaused, newReconciliation, newToken } from '../contract/operators.contract.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { query, sharedPostgres } from '../support/postgres.ts';

const order = (at: number) => ({ at, orderedBy: 'operator ana' });
const email = (value: string) => ({ kind: 'email', value }) as const;
const server = sharedPostgres();

/** All that a log knows. */
async function everything(log: EventLog) {
  const page = await log.read({ direction: 'forward', limit: 1_000, filter: {} });
  const { salt, formerUpTo, tombstones } = await log.memory.forgotten();
  const key = ({ mark, source, tenant }: (typeof tombstones)[number]) => [mark, source, tenant].join();
  return {
    ...page,
    salt,
    formerUpTo,
    tombstones: tombstones.toSorted((one, other) => (key(one) < key(other) ? -1 : 1)),
    quarantined: await log.quarantine.list({ limit: 1_000 }),
    marks: [await log.memory.marks('events', 0, 1e9), await log.memory.marks('quarantine', 0, 1e9)],
    fields: await log.fields.list(),
    brought: await log.receivedSecrets.list(),
    refused: await Promise.all(
      (await log.refused.list({ limit: 100, now: 0 })).map(async ({ id }) => ({
        ...(await log.refused.find(id, 0)),
        id: 0,
      })),
    ),
    tokens: await log.tokens.list(),
    paused: await log.pauses.list(),
    reconciliations: await log.reconciliations.list(),
    audit: (await log.audit.list({ limit: 1_000 })).map((one) => ({ ...one, id: 0 })),
  };
}

async function copy(from: EventLog, to: string): Promise<{ readonly quarantined: number }> {
  const log = await PostgresLog.open(to, { forCopy: true });
  try {
    return await log.adopt(from, () => {});
  } finally {
    await log.close();
  }
}

it('LOG6.4 copies what a log remembers of people with it, and what has become of it by the next time', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  await new SqliteLog(path).close();
  // As if an older hookcast had recorded some of it.
  const database = new DatabaseSync(path);
  database.exec('UPDATE log SET former_up_to = 3');
  database.close();
  const from = new SqliteLog(path);
  const to = await server.newDatabase();
  const odd = 'a\0b\\c';
  await from.append([
    newEvent({ eventId: 'second', version: 'r2', traces: [{ kind: 'contact', value: '77' }] }),
    newEvent({ eventId: 'first', version: 'r1', traces: [email('rosa@people.example')] }),
    newEvent({ eventId: odd, subject: odd, traces: [{ kind: 'contact', value: odd }] }),
    newEvent({ eventId: 'no subject', subject: null, traces: [{ kind: 'contact', value: '77' }] }),
    newEvent({ eventId: 'another', subject: 'ticket/2', traces: [email('ana@people.example')] }),
    newEvent({ eventId: 'later', subject: 'ticket/3', traces: [email('rosa@people.example')] }),
  ]);
  const ids: number[] = [];
  for (let index = 0; index < 450; index += 1) {
    const values = [`some-value-${index}`, ...(index === 401 ? ['ana@people.example'] : [])];
    ids.push(await from.quarantine.keep(newQuarantined({ digest: `d${index}`, values, receivedAt: 1_000 })));
  }
  await from.quarantine.settle(ids[3]!, { state: 'RELEASED', eventId: 'event-3', at: 1_500 });
  await from.erase(bySubject('ticket/1'), order(2_000));
  await from.erase(bySubject(odd, { contacts: [odd] }), order(3_000));
  const sighting = { source: 'wix', type: odd, path: 'a', change: 'NULL', expected: false, count: 3, at: 9 } as const;
  await from.fields.add([sighting]);
  for (const secret of ['encrypted', 'as well']) await from.receivedSecrets.keep({ source: odd, secret, at: 5 }, 2);
  await from.tokens.keep(newToken({ id: odd, label: odd }));
  await from.tokens.revoke('theirs', 5);
  await from.pauses.pause(newPaused({ source: odd, reason: odd }));
  await from.reconciliations.take(odd, 'somebody');
  await from.reconciliations.keep(newReconciliation({ source: odd, cursor: odd, missed: { [odd]: 3 } }), 'somebody');
  const refused = { source: odd, sender: 's', reason: 'SIGNATURE_INVALID', size: 1, sealed: 'x', receivedAt: 1 };
  const kept = Array.from({ length: 25 }, (_, one) => ({ ...refused, digest: `d${one}`, expiresAt: 4e12 }));
  await from.refused.keep(kept, { count: 100, size: 100 });
  await from.audit.add(Array.from({ length: 250 }, (_, at) => newEntry({ at, target: odd })));
  expect(await copy(from, to)).toMatchObject({ events: 6, erasures: 3, quarantined: 450 });
  const first = await PostgresLog.open(to);
  const whole = await everything(first);
  expect(whole).toEqual(await everything(from));
  expect(whole.events.map(({ superseded }) => superseded)).toEqual([false, true, false, false, false, false]);
  expect(whole.erasures.map(({ subject, at }) => [subject, at])).toEqual([
    ['ticket/1', 2_000],
    [null, 2_000],
    [odd, 3_000],
  ]);
  expect(whole.marks.map((marks) => marks.length)).toEqual([2, 449]);
  await first.close();

  // The changes until the next time.
  await from.quarantine.settle(ids[4]!, { state: 'DISCARDED', eventId: null, at: 4_000 });
  await from.erase({ by: 'email', email: 'ana@people.example', source: null }, order(4_000));
  await from.trim(1_600);
  await from.fields.add([{ ...sighting, at: 10 }]);
  await from.fields.expect();
  await from.quarantine.keep(newQuarantined({ digest: 'new' }));
  expect(await copy(from, to)).toMatchObject({ events: 0, erasures: 1, quarantined: 1 });
  const copied = await PostgresLog.open(to);
  const again = await everything(copied);
  expect(again).toEqual(await everything(from));
  expect(again.quarantined.filter(({ erasedAt }) => erasedAt === 4_000)).toHaveLength(1);
  expect(again.quarantined.map(({ id }) => id)).not.toContain(ids[3]);

  // People are found in it, and held back, as they would be in the other.
  const request = { by: 'email', email: 'rosa@people.example', source: null } as const;
  expect((await copied.erase(request, order(5_000))).erasures).toMatchObject([{ eventIds: ['later'] }]);
  await copied.append([newEvent({ eventId: 'late', subject: odd }), newEvent({ eventId: 'older', version: 'r1' })]);
  expect(await copied.find([{ source: 'eduzz', eventId: 'late' }])).toMatchObject([{ personal: null, raw: null }]);
  expect(await copied.find([{ source: 'eduzz', eventId: 'older' }])).toMatchObject([{ superseded: true }]);
  expect(await copied.quarantine.keep(newQuarantined({ digest: 'after' }))).toBeGreaterThan(ids.at(-1)!);
  await Promise.all([copied.close(), from.close()]);
});

it('LOG6.4 counts in the copy what was copied, also what has come and gone by the next time', async () => {
  const from = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  const to = await server.newDatabase();
  const edges = [-96, -3, 0, 1, 2, 96].map((quarters) => quarters * QUARTER);
  const append = (count: number, receivedAt: number) =>
    from.append(
      Array.from({ length: count }, (_, index) =>
        newEvent({
          kind: KINDS[index % 5] ?? null,
          happened: index % 2 === 0 ? 'PAID' : null,
          worth: worthOf(index % 3 === 0 ? null : { amount: index % 7 === 0 ? 'much' : `${index}.5`, currency: 'BRL' }),
          tenant: `t${index % 3}`,
          receivedAt,
          occurredAt: { at: (index - 100) * 100_001, text: '' },
          data: { refundExpected: index % 2 === 0 },
        }),
      ),
    );
  const counted = async (log: EventLog) => ({
    all: await log.activity.count({ edges, filter: {} }),
    some: await log.activity.count({ edges, filter: { tenants: ['t0', 't2'] } }),
    answers: await log.answers.list(0),
  });
  const expectTheSame = async () => {
    await copy(from, to);
    const copied = await PostgresLog.open(to);
    const what = await counted(copied);
    expect(what).toEqual(await counted(from));
    await copied.close();
    return what;
  };
  const answer = { source: 'eduzz', outcome: 'accepted', hour: 3_600_000, count: 450, lastAt: 3_600_001 };
  await append(250, 1);
  await from.answers.add([answer]);
  expect((await expectTheSame()).answers).toEqual([answer]);
  // All that was copied is gone, and more than that.
  await append(30, 2);
  await append(250, 3);
  await from.trim(3);
  await from.answers.add([answer]);
  const { all, answers } = await expectTheSame();
  expect(all.tallies.reduce((sum, { events }) => sum + events, 0)).toBe(250);
  expect(answers).toEqual([{ ...answer, count: 900 }]);
  await from.close();
});

it('LOG6.4 copies revisions, also of events that were copied before they were revised', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const from = new SqliteLog(path);
  const to = await server.newDatabase();
  const events = ['a', 'b', 'c'].map((eventId) => newEvent({ eventId, traces: [email(`${eventId}@people.example`)] }));
  await from.append(events);
  const before = await from.head();
  const revise = (index: number, shape: string) =>
    from.revisions.run((keep) =>
      keep([{ seq: index + 1, event: { ...events[index]!, shape, happened: 'PAID' } }], 7_000),
    );
  await revise(0, 'OrderChange');
  await copy(from, to);
  const same = async () => {
    const log = await PostgresLog.open(to);
    expect(await everything(log)).toEqual(await everything(from));
    const edges = [0, 900_000];
    expect((await log.activity.count({ edges, filter: {} })).tallies).toEqual(
      (await from.activity.count({ edges, filter: {} })).tallies,
    );
    // A cursor that was made before anything was revised.
    expect((await log.read({ direction: 'forward', after: before, limit: 9, filter: {} })).isReplaced).toBe(false);
    await log.close();
  };
  await same();
  await revise(1, 'OrderChange');
  await revise(0, 'OrderCancellation');
  await from.erase(bySubject('ticket/1'), order(8_000));
  await copy(from, to);
  await same();
  await from.close();
});

it('LOG6.3 does not go on with a copy whose marks were made with another secret', async () => {
  const from = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  await from.append([newEvent()]);
  const to = await server.newDatabase();
  await copy(from, to);
  await query(to, "UPDATE hookcast.log SET salt = 'as an older hookcast had none'");
  await expect(copy(from, to)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringMatching(/older hookcast/),
  });
  await from.close();
});
