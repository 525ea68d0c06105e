import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { FROM_SOURCE } from '../support/child.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { asana, club, examples, notion, shop } from '../fixtures/kit-examples.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const bare = (text: string) => text.replaceAll(/\s+/g, '');

/** Its code compiles with the tests, which `npm run check` sees to. */
it('DOC1.2 shows in PROVIDERS.md the pieces of a provider as they compile and are made', () => {
  const page = read('docs/PROVIDERS.md');
  const section = page.slice(page.indexOf('This one sends lists of events'), page.indexOf('### Checking a provider'));
  const blocks = [...section.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => bare(code!));
  expect(blocks.length).toBeGreaterThan(5);
  const fixture = bare(read('test/fixtures/kit-examples.ts'));
  for (const block of blocks) expect(fixture).toContain(block.replace(/;$/, ''));

  const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'pem' });
  const secrets = ['a secret of the whole suite'] as const;
  const { verifiers, challenges } = examples(secrets, ['a-token-of-the-whole-suite'], [key.toString()]);
  expect(verifiers.length).toBeGreaterThan(15);
  expect(challenges.length).toBeGreaterThan(7);
  const providers = [shop(secrets), notion(null, () => {}), asana(['a token of the whole suite']), club(secrets)];
  expect(providers.map(({ name }) => name)).toEqual(['shop', 'notion', 'asana', 'club']);
});

it('DOC1.2 checks the provider of PROVIDERS.md by the lines that it shows for node:test', async () => {
  const page = read('docs/PROVIDERS.md');
  const blockIn = (from: string) => /```ts\n([^]*?)```/.exec(page.slice(page.indexOf(from)))![1]!;
  const folder = temporaryFolder();
  // The page's provider has no samples, since not every reader wants some.
  const sample = `samples: [{
    event: 'seat.cancelled',
    payload: ({ id }) => ({ id, event: 'seat.cancelled', house: 'h', data: { seat: 's' } }),
  }],
  events: {`;
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'theatre.ts'), blockIn('## Adding a provider').replace('events: {', sample));
  writeFileSync(join(folder, 'theatre.test.ts'), blockIn('### Checking a provider'));
  mkdirSync(join(folder, 'node_modules'));
  for (const [name, path] of Object.entries({ hookcast: '../..', zod: '../../node_modules/zod' })) {
    symlinkSync(fileURLToPath(new URL(path, import.meta.url)), join(folder, 'node_modules', name));
  }
  const run = promisify(execFile);
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...env } = process.env;
  const { stdout } = await run(process.execPath, [FROM_SOURCE, '--test', 'theatre.test.ts'], { cwd: folder, env });
  expect(stdout).toMatch(/pass 13\n/);
  expect(stdout).toMatch(/fail 0\n/);
});
