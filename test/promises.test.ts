import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const TESTS = fileURLToPath(new URL('.', import.meta.url));

/** The titles of all tests, as they stand in the files: `it('…')`, `it.each(table)('…')`. */
function titles(): string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(test|contract)\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(join(TESTS, file), 'utf8').matchAll(/\bit(?:\.each\(\w+\))?\(\s*(['"`])(.*?)\1,/g),
    ])
    .map(([, , title]) => title!);
}

it('DOC1 has a test for every promise, and a promise for every test', () => {
  const promises = readFileSync(new URL('../docs/PROMISES.md', import.meta.url), 'utf8');
  const promised = new Set([...promises.matchAll(/^\| ([A-Z]+\d+) +\|/gm)].map(([, number]) => number));
  const found = titles();
  const tested = new Set(found.map((title) => title.split(' ')[0]));
  expect(found.length).toBeGreaterThan(100);
  expect([...tested].filter((number) => !promised.has(number))).toEqual([]);
  expect([...promised].filter((number) => !tested.has(number))).toEqual([]);
});
