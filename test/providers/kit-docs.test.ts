import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { asana, examples, notion, shop } from '../fixtures/kit-examples.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const bare = (text: string) => text.replaceAll(/\s+/g, '');

/** Its code compiles with the tests, which `npm run check` sees to. */
it('DOC1.2 shows in PROVIDERS.md the pieces of a provider as they compile and are made', () => {
  const page = read('docs/PROVIDERS.md');
  const section = page.slice(page.indexOf('This one sends lists of events'));
  const blocks = [...section.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => bare(code!));
  expect(blocks.length).toBeGreaterThan(5);
  const fixture = bare(read('test/fixtures/kit-examples.ts'));
  for (const block of blocks) expect(fixture).toContain(block.replace(/;$/, ''));

  const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'pem' });
  const secrets = ['a secret of the whole suite'] as const;
  const { verifiers, challenges } = examples(secrets, ['a-token-of-the-whole-suite'], [key.toString()]);
  expect(verifiers.length).toBeGreaterThan(15);
  expect(challenges.length).toBeGreaterThan(7);
  const providers = [shop(secrets), notion(null, () => {}), asana(null, () => {}), asana(secrets, () => {})];
  expect(providers.map(({ name }) => name)).toEqual(['shop', 'notion', 'asana', 'asana']);
});
