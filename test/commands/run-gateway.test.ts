import { pino } from 'pino';
import { expect, it } from 'vitest';
import { runGateway } from '../../src/commands/run-gateway.ts';
import { readSettings } from '../../src/commands/sources.ts';
import { environment, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';

it('IN1.7 prepares its sources once it listens, a step in each turn, and goes on if one can’t be prepared', async () => {
  const settings = await readSettings({ ...environment(temporaryFolder()), PORT: '0' });
  const [provider] = settings.sources.values();
  const said: unknown[] = [];
  function* prepare() {
    said.push('a step');
    setImmediate(() => said.push('a turn'));
    yield;
    said.push('another');
    throw new Error('of the user’s own');
  }
  const logger = pino({ level: 'warn' }, { write: (line) => void said.push(JSON.parse(line)) });
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>();
  const run = { settings: { ...settings, sources: new Map([['own', { ...provider!, prepare }]]) }, logger };
  const running = runGateway(
    { ...run, read: () => Promise.resolve(run.settings), say: () => {} },
    new TestTerminal({}, () => interrupted),
    async ({ url }) => void said.push((await fetch(`${url}/readyz`)).status),
  );
  await expect.poll(() => said.at(-1)).toMatchObject({ level: 40, msg: expect.stringContaining('be prepared') });
  expect(said.slice(0, -1)).toEqual([200, 'a step', 'a turn', 'another']);
  interrupt();
  await running;
});
