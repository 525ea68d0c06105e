import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { admitRefused, dropRefused, listRefused } from '../../src/commands/refused.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, TestGateway, environment } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';

const RIGHT = 'edzwgd_what-eduzz-has-been-told-to-sign-with';
const ALL = { all: true };

async function printed(env: Record<string, string>, command: (terminal: TestTerminal) => Promise<void>) {
  const terminal = new TestTerminal(env);
  await command(terminal);
  return terminal.lines;
}

const listed = (env: Record<string, string>) => printed(env, (terminal) => listRefused({}, terminal));
const idsIn = async (gateway: TestGateway) => {
  const { data } = await gateway.query('{ events(first: 100) { edges { node { eventId receivedAt } } } }');
  return data!['events'].edges.map(({ node }: { node: { eventId: string } }) => node.eventId);
};
const post = (gateway: TestGateway, id: string) =>
  gateway.post('eduzz', signAsEduzz(attendanceCanceled({ id }), RIGHT));

it('IN12.1 keeps refused deliveries while the secret is wrong, and records them in the ordinary way once it is right', async () => {
  const gateway = await TestGateway.start({ env: { KEEP_REFUSED: '24h' } });
  const env = environment(gateway.folder);
  for (const id of ['one', 'two', 'one']) expect((await post(gateway, id)).status).toBe(401);
  const forged = signAsEduzz(attendanceCanceled({ id: 'forged' }), 'a secret that nobody has told anybody');
  expect((await gateway.post('eduzz', forged)).status).toBe(401);
  // The same, sent again, is kept once.
  await expect.poll(() => listed(env)).toHaveLength(3);
  const lines = await listed(env);
  expect(lines[0]).toMatch(/^1\t\S+Z\teduzz\tsender \S{16}\t\d+ bytes\tuntil \S+Z$/);
  expect(lines.join('\n')).not.toMatch(/Iara|one|127\.0/);
  // Encrypted, wherever it stands.
  const files = ['', '-wal'].map((ending) => readFileSync(join(gateway.folder, `hookcast.db${ending}`), 'latin1'));
  for (const text of files) expect(text).not.toMatch(/Iara|x-signature/);
  // Nothing is let in that today's secrets don't sign.
  const wrong = printed(env, (terminal) => admitRefused([1], { all: false }, terminal));
  await expect(wrong).rejects.toThrow('Some of them are not authentic');
  expect(await idsIn(gateway)).toEqual([]);
  const right = { ...env, EDUZZ_SECRETS: `${RIGHT},${EDUZZ_SECRET}` };
  const terminal = new TestTerminal(right);
  await expect(admitRefused([], ALL, terminal)).rejects.toThrow('Some of them are not');
  expect(terminal.lines).toEqual([
    expect.stringMatching(/^1\tadmitted: accepted one$/),
    expect.stringMatching(/^2\tadmitted: accepted two$/),
    expect.stringMatching(/^\d\tstill refused: /),
    '2 admitted, 1 still refused.',
  ]);
  expect(await idsIn(gateway)).toEqual(['one', 'two']);
  expect(await listed(env)).toHaveLength(1);
  await expect(printed(right, (to) => admitRefused([1], { all: false }, to))).rejects.toThrow('kept as 1');
  // A name of a source that is mistyped must not look like a success.
  const mistyped = { all: false, source: 'eduz' };
  await expect(printed(env, (to) => dropRefused([], mistyped, to))).rejects.toThrow('of a source "eduz" is kept');
  await expect(printed(right, (to) => admitRefused([], mistyped, to))).rejects.toThrow('of a source "eduz" is kept');
  await printed(env, (to) => dropRefused([], { all: false, source: 'eduzz' }, to));
  expect(await listed(env)).toEqual([expect.stringContaining('No refused delivery is kept')]);
  const { data } = await gateway.query('{ audit(first: 100) { edges { node { action target } } } }');
  const noted = data!['audit'].edges.map(({ node }: { node: { action: string; target: string } }) => node.action);
  expect(noted).toEqual(['ADMIT', 'ADMIT', 'ADMIT', 'ADMIT', 'DROP']);
});

it('IN12.2 keeps nothing unless it is told to, and forgets what it kept when the time is over', async () => {
  let now = Date.parse('2026-11-28T12:00:00Z');
  const { folder } = await TestGateway.start();
  const off = await TestGateway.start({ folder });
  await post(off, 'one');
  await off.close();
  const count = () => {
    const database = new DatabaseSync(join(folder, 'hookcast.db'), { readOnly: true });
    const [{ kept } = {}] = database.prepare('SELECT count(*) AS kept FROM refused').all();
    database.close();
    return kept;
  };
  expect(count()).toBe(0);
  const on = await TestGateway.start({ folder, env: { KEEP_REFUSED: '90m' }, now: () => now });
  await post(on, 'two');
  await expect.poll(count).toBe(1);
  await on.close();
  now += 90 * 60_000;
  // Also by a gateway that keeps none.
  await TestGateway.start({ folder, now: () => now });
  await expect.poll(count).toBe(0);
  for (const wrong of ['1', '8d', '0h', 'always']) {
    await expect(TestGateway.start({ env: { KEEP_REFUSED: wrong } })).rejects.toThrow('KEEP_REFUSED');
  }
});
