import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../../src/commands/send.ts';
import { readSettings } from '../../src/commands/sources.ts';
import { SECRET, senders } from '../fixtures/senders.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { scrapeText } from '../support/metrics.ts';
import { TestTerminal } from '../support/terminal.ts';

const PUBLIC_URL = 'https://hooks.example.com/in';

const text: string[] = [];
let gateway: TestGateway;
beforeAll(async () => {
  const logger = pino({ level: 'trace' }, { write: (line: string) => void text.push(line) });
  const sources = new Map(Object.entries(senders));
  gateway = await TestGateway.start({ lasting: true, logger, sources, env: { PUBLIC_URL: `${PUBLIC_URL}/` } });
});
afterAll(() => gateway.end());

/** A project whose file names these senders. */
function project(env: Record<string, string> = { PUBLIC_URL }): Record<string, string> {
  const folder = temporaryFolder();
  const file = join(folder, 'hookcast.config.ts');
  const fixture = new URL('../fixtures/senders.ts', import.meta.url).href;
  writeFileSync(file, `import { senders } from '${fixture}';\nexport default { sources: senders };\n`);
  return { ...environment(folder), CONFIG_FILE: file, ...env };
}

it.each(Object.keys(senders))(
  'OPS3.4 sends a sample as its sender does if more than the body is signed: %s',
  async (source) => {
    const terminal = new TestTerminal(project());
    await send(source, { event: undefined, count: 1, url: gateway.url }, terminal);
    const outcome = source === 'lists' ? /accepted \(2 accepted\)$/ : /: accepted$/;
    expect(terminal.lines.join('\n')).toMatch(outcome);
  },
);

it('IN2.20 keeps no secret of a URL or a body in the log, in log lines, metrics or answers', async () => {
  const wrong = `not-${SECRET}`;
  const asked = [
    [`by-path/${wrong}`, '{}'],
    [`by-url/${wrong}`, '{}'],
    [`nowhere/${wrong}`, '{}'],
    [`by-query-token?webhookSecret=${wrong}`, '{}'],
    ['by-body-token', JSON.stringify({ api_token: wrong })],
    [`by-query-token?webhookSecret=${SECRET}`, 'no JSON'],
    ['by-body-token', JSON.stringify({ api_token: SECRET, id: 'kept' })],
  ] as const;
  const statuses: number[] = [];
  for (const [place, body] of asked) {
    const response = await fetch(`${gateway.url}/webhooks/${place}`, { method: 'POST', body });
    statuses.push(response.status);
    text.push(await response.text());
  }
  // Behind the name of another source there is nothing.
  expect(statuses).toEqual([401, 404, 404, 401, 401, 400, 200]);
  const { data } = await gateway.query('{ events(first: 50) { edges { node { raw type } } } }');
  const all = [JSON.stringify(data), await scrapeText(gateway), ...text].join('\n');
  expect(all).not.toContain(SECRET);
  expect(all).not.toContain('v0=');
  expect(JSON.stringify(data)).toContain('of.a.header');
  expect(text.filter((line) => line.includes('"msg":"delivery"')).length).toBeGreaterThanOrEqual(asked.length);
});

it('OPS2.1 asks for PUBLIC_URL if a sender signs the URL that it calls, and names each source without signatures', async () => {
  await expect(readSettings(project({}))).rejects.toThrow(
    'PUBLIC_URL: the senders of "by-url" sign the URL that they call; set it to the part before /webhooks',
  );
  for (const odd of ['hooks.example.com', 'ftp://hooks.example.com', 'https://hooks.example.com/?a', 'https://a b']) {
    await expect(readSettings(project({ PUBLIC_URL: odd })), odd).rejects.toThrow(/^PUBLIC_URL: expected the address/);
  }
  const { warnings, config } = await readSettings(project());
  expect(config.publicUrl).toBe(PUBLIC_URL);
  expect(warnings.filter((line) => line.includes('does not sign its deliveries'))).toEqual([
    '"by-path" is a source whose sender does not sign its deliveries: anybody who knows its URL can send anything, so keep the URL secret.',
  ]);
});
