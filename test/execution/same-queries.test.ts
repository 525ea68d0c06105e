import { setImmediate } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pino } from 'pino';
import type { Scope, Bearer } from '../../src/auth/viewer.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { Reading } from '../../src/auth/audit.ts';
import { Operations } from '../../src/execution/operations.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { createGraphQL } from '../../src/execution/yoga.ts';
import { Review } from '../../src/ingest/review.ts';
import { Reprocessing } from '../../src/ingest/reprocess.ts';
import type { Limit } from '../../src/limits.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';

const MOST = 1_000_000;
const PAGE = 'query Page($last: Int) { events(last: $last) { head edges { node { eventId tenant { name } } } } }';

type Asked = readonly [query: string, viewer: Bearer, variables?: Record<string, unknown>];

/** Operations over a log of two tenants, how often it was read, and which limits were met. */
async function start() {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  await log.append([newEvent({ eventId: 'one', tenant: 'eduzz:1' })]);
  await log.append([newEvent({ eventId: 'two', tenant: 'eduzz:2', raw: JSON.stringify('x'.repeat(10_000)) })]);
  const counts = { reads: 0, discarded: 0 };
  const limited: Limit[] = [];
  const readings = new Map<string, { events: number }>();
  const fail = (cause: unknown) => expect.fail(String(cause));
  const counted = new Proxy<EventLog>(log, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (name === 'read') counts.reads += 1;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const logger = pino({ level: 'silent' });
  const options = { sources: new Map(), log, logger, mostValues: MOST, onLimit: fail, now: Date.now };
  const review = new Review(options);
  const counting = {
    release: (id: number) => review.release(id),
    discard(id: number) {
      counts.discarded += 1;
      return review.discard(id);
    },
  };
  const schema = createSchema();
  const limits = {
    tokens: MOST,
    depth: MOST,
    aliases: MOST,
    directives: MOST,
    cost: MOST,
    timeout: 60_000,
    answer: 10_000,
    message: MOST,
  };
  const operations = new Operations({
    schema,
    yoga: createGraphQL(schema, { dev: null, limits }),
    backing: {
      ...options,
      log: counted,
      review: counting,
      reprocessor: new Reprocessing(options),
      answers: log.answers,
      operator: fail,
    },
    audit: {
      reading({ holder }) {
        const reading = readings.get(holder) ?? { events: 0 };
        readings.set(holder, reading);
        return reading as Reading;
      },
      did: async () => {},
    },
    limits,
    onLimit: (limit) => void limited.push(limit),
    trusted: null,
    dev: false,
    report: fail,
  });
  const prepare = async ([query, viewer, variables = { last: 5 }]: Asked) => {
    const operation = await operations.prepare({ query, variables }, viewer);
    if (!('run' in operation)) return expect.fail(JSON.stringify(operation));
    return async () => String((await operation.run()).bytes);
  };
  /** The answers to what is asked for in one turn. */
  const askAtOnce = async (asked: readonly Asked[]) => {
    const runs = await Promise.all(asked.map(prepare));
    await setImmediate();
    counts.reads = 0;
    return Promise.all(runs.map((run) => run()));
  };
  return { log, counts, limited, readings, prepare, askAtOnce };
}

function someone(tenants: string[] | null, ...scopes: Scope[]): Bearer {
  const seen = { tenants: tenants && new Set(tenants), scopes: new Set<Scope>(['events:read', ...scopes]) };
  return { ...seen, expiresAt: Infinity, holder: 'somebody', tokenId: null, parentId: null, key: '' };
}

it('LIVE4.3 reads once for all callers that ask the same in one turn after the first', async () => {
  const { counts, askAtOnce } = await start();
  const all = Array.from({ length: 50 }, (): Asked => [PAGE, someone(['eduzz:2', 'eduzz:1'])]);
  const answers = await askAtOnce([...all, [PAGE, someone(['eduzz:1', 'eduzz:2'])]]);
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain('"eventId":"one"');
  expect(counts.reads).toBe(2);
});

it('LIVE4.3 answers each query as if it were the only one', async () => {
  const { counts, askAtOnce } = await start();
  const renamed = PAGE.replace('query Page', 'query Other');
  const asked: readonly Asked[] = [
    [PAGE, someone(null)],
    [PAGE, someone(null, 'pii:read')],
    [PAGE, someone(['eduzz:1'])],
    [PAGE, someone(['eduzz:2'])],
    [PAGE, someone([])],
    [PAGE, someone(null), { last: 1 }],
    [PAGE, someone(null), {}],
    [renamed, someone(null)],
  ];
  const alone: string[] = [];
  for (const each of asked) alone.push(...(await askAtOnce([each])));
  expect(alone[0]).not.toContain('Rosa');
  expect(alone[1]).toContain('Rosa');
  // Each twice, so that the second of each waits, and might be taken for another.
  const together = await askAtOnce([...asked, ...asked]);
  expect(together).toEqual([...alone, ...alone]);
  expect(counts.reads).toBe(2 * asked.length);
});

it('LIVE4.3 shows a recorded event to a client that was told of it, however many clients ask the same', async () => {
  const { log, prepare } = await start();
  const ask = await prepare([PAGE, someone(null), { last: 1 }]);
  let isOver = false;
  const crowd = (async () => {
    while (!isOver) {
      void ask();
      void ask();
      await setImmediate();
    }
  })();
  for (let nth = 0; nth < 30; nth += 1) {
    await log.append([newEvent({ eventId: `written ${nth}` })]);
    expect(await ask()).toContain(`"eventId":"written ${nth}"`);
  }
  isOver = true;
  await crowd;
});

it('LIVE4.3 runs a mutation as often as it is asked for', async () => {
  const { log, counts, askAtOnce } = await start();
  await log.quarantine.keep(newQuarantined());
  const mutation = 'mutation { discardQuarantined(id: "1") { __typename } }';
  const operator = someone(null, 'ops');
  await askAtOnce(Array.from({ length: 3 }, (): Asked => [mutation, operator]));
  expect(counts.discarded).toBe(3);
});

it('AUTH6.3 notes for each token how many events with personal data it was given, even if others asked the same', async () => {
  const { readings, askAtOnce } = await start();
  const asked = ['a', 'b', 'c'].map((holder): Asked => [PAGE, { ...someone(null, 'pii:read'), holder }]);
  await askAtOnce([...asked, [PAGE, { ...someone(null), holder: 'without' }]]);
  expect(Object.fromEntries(readings)).toEqual({ a: { events: 2 }, b: { events: 2 }, c: { events: 2 } });
});

it('LIVE4.3 counts a limit for each caller that met it', async () => {
  const { limited, askAtOnce } = await start();
  const query = '{ events { edges { node { raw } } } }';
  const viewer = someone(null, 'pii:read', 'raw:read');
  const answers = await askAtOnce(Array.from({ length: 4 }, (): Asked => [query, viewer]));
  for (const answer of answers) expect(answer).toContain('ANSWER_TOO_LARGE');
  expect(limited).toEqual(Array(4).fill('answer_bytes'));
});
