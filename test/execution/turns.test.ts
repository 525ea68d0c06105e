import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { createContext } from '../../src/execution/create-context.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { temporaryFolder } from '../support/gateway.ts';

it('IN5.5 lets others have their turns between the reads of one document', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  const viewer: Viewer = { tenants: null, scopes: new Set(['events:read']), expiresAt: Infinity };
  const desk = { release: () => Promise.resolve(null), discard: () => Promise.resolve(null) };
  const answers = { list: () => Promise.resolve([]) };
  const context = createContext({ log, desk, sources: new Map(), answers, now: Date.now } as never, viewer);
  let turns = 0;
  const count = () => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const reads = Array.from({ length: 10 }, (_, index) =>
    index % 2 === 0
      ? context.read({ direction: 'backward', limit: 1 }, {})
      : context.activity({ edges: [0, 60_000], filter: {} }),
  );
  await Promise.all(reads);
  clearImmediate(counting);
  expect(turns).toBeGreaterThanOrEqual(9);
});
