import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = read('../../docs/FRONTENDS.md');

it('LIVE5.1 shows in FRONTENDS.md the recipes that are tested, as they stand', () => {
  const blocks = new Map(
    [...page.matchAll(/^`(.+\.(?:tsx?|html|py))`\n\n```(?:tsx?|html|python)\n([^]*?)```$/gm)].map(([, file, text]) => [
      file!,
      text!,
    ]),
  );
  // Of Relay's artifacts a compiler makes an app's own.
  const files = readdirSync(new URL('recipes', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.includes('.') && file !== 'relay-artifacts.ts',
  );
  expect([...blocks.keys()].toSorted()).toEqual(files.toSorted());
  for (const [file, text] of blocks) expect(text, file).toBe(read(`recipes/${file}`));
});

it('DOC1.2 names in FRONTENDS.md the versions that are tested', () => {
  const named = [...page.matchAll(/^\| `(\S+)` +\| (\d\S+) +\|$/gm)].map(([, name, version]) => [name!, version!]);
  expect(named).toHaveLength(10);
  for (const [name, version] of named) {
    const { version: installed } = JSON.parse(read(`../../node_modules/${name}/package.json`)) as { version: string };
    expect(installed, name).toBe(version);
  }
});
