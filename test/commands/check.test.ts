import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';

it('OPS3.9 checks a whole log, beside a gateway, and says what is wrong with it', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  const empty = new TestTerminal(environment(folder));
  await check(empty);
  expect(empty.lines).toEqual(['It holds no events. Every page and every index was read, and nothing is wrong.']);
  for (let count = 0; count < 30; count += 1) await gateway.eduzz(attendanceCanceled());
  const terminal = new TestTerminal(environment(folder));
  await check(terminal);
  expect(terminal.lines).toEqual(['All is well: 30 events, every page and every index read.']);
  await gateway.close();
  await check(terminal);
  expect(terminal.lines.slice(-2)).toEqual([
    'All is well: 30 events, every page and every index read.',
    expect.stringMatching(/^There is no -wal file beside it\. That is normal if its gateway has ended\. If /),
  ]);

  const path = join(folder, 'hookcast.db');
  const database = new DatabaseSync(path);
  database.exec("INSERT INTO revisions VALUES (500, 499, 'x', 'X', NULL, NULL, 0, 1)");
  await expect(check(terminal)).rejects.toThrow('The log is damaged');
  expect(terminal.lines.at(-1)).toBe('revisions of no event: 1');
  database.exec('DELETE FROM revisions');
  database.close();
  const bytes = readFileSync(path);
  // A bit of a JSON text, which SQLite can't know of.
  const place = bytes.lastIndexOf('"customer":{"name"');
  expect(place).toBeGreaterThan(0);
  bytes[place]! ^= 1;
  writeFileSync(path, bytes);
  await expect(check(terminal)).rejects.toThrow('The log is damaged. Stop the gateway');
  expect(terminal.lines.at(-1)).toMatch(/^the event at position \d+ was changed after it was written$/);
  expect(terminal.lines.at(-2)).toMatch(/^There is no -wal file beside it/);
  expect(terminal.lines.join()).not.toContain('Iara');
  await expect(check(new TestTerminal({ DATABASE_URL: `sqlite:${path}-nowhere` }))).rejects.toThrow(
    'There is no log at',
  );
});
