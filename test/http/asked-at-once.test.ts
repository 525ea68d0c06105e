import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { Sessions } from '../../src/auth/sessions.ts';
import { Tokens } from '../../src/auth/tokens.ts';
import { Drain } from '../../src/http/drain.ts';
import { Health, type HealthOptions } from '../../src/http/health.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { atEnd } from '../support/ending.ts';
import { temporaryFolder } from '../support/gateway.ts';

const logger = pino({ enabled: false });
const now = Date.now;

async function openLog(): Promise<SqliteLog> {
  const log = new SqliteLog(join(temporaryFolder(), 'log.db'));
  atEnd(() => log.close());
  await log.tryToWrite();
  return log;
}

it('AUTH4.6 asks the log once for all strangers who ask at the same moment whether the gateway is ready', async () => {
  const log = await openLog();
  const options = { log, ingest: { isFailing: false }, drain: new Drain(), logger, clock: () => performance.now() };
  const health = new Health(options as unknown as HealthOptions);
  await health.begin();
  const asked = [vi.spyOn(log, 'head'), vi.spyOn(log, 'assertWritable')];
  const answers = await Promise.all(Array.from({ length: 200 }, () => health.readiness()));
  expect(new Set(answers)).toEqual(new Set(['ok']));
  for (const one of asked) expect(one).toHaveBeenCalledTimes(1);
  // Whoever asks later is told of later.
  await log.close();
  expect(await health.readiness()).toBe('unavailable');
});

it('AUTH4.6 asks the log a few times for all strangers who show made-up sessions at the same moment', async () => {
  const log = await openLog();
  const tokens = await Tokens.open({ record: log.tokens, logger, now });
  atEnd(() => tokens.stop());
  const config = () => ({ idle: 1e9, longest: 1e9 });
  const sessions = new Sessions({ record: log.tokens, tokens, config, keys: () => ['the key'], now });
  const of = {
    tenants: null,
    scopes: new Set(['ops'] as const),
    holder: 'h'.repeat(43),
    tokenId: null,
    key: 'the key',
  };
  const { cookie, token } = await sessions.prepare({ ...of, expiresAt: null, label: null });
  const asked = vi.spyOn(log.tokens, 'changes');
  const madeUp = `${'x'.repeat(43)}.${'y'.repeat(43)}.`;
  const strangers = Promise.allSettled(Array.from({ length: 200 }, () => sessions.check(madeUp)));
  // Another gateway begins this session meanwhile: the look that was under way may not have seen it.
  await log.tokens.keep(token);
  const session = sessions.check(cookie);
  for (const one of await strangers) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'UNAUTHENTICATED' } });
  }
  expect(await session).toMatchObject({ tenants: null });
  expect(asked.mock.calls.length).toBeLessThan(10);
});
