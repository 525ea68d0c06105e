import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const TESTS = fileURLToPath(new URL('.', import.meta.url));
/** The rows of docs/PROMISES.md: `| **IN6** | **…** |` for a promise, `| IN6.12 | … |` for a rule of it. */
const page = readFileSync(new URL('../docs/PROMISES.md', import.meta.url), 'utf8');
const promises = [...page.matchAll(/^\| \*\*([A-Z]+\d+)\*\* +\|/gm)].map(([, number]) => number!);
const rules = [...page.matchAll(/^\| ([A-Z]+\d+\.\d+) +\|/gm)].map(([, number]) => number!);

/** The numbers that the titles of all tests begin with, as they stand in the files: `it('…')`, `it.each(table)('…')`. */
function numbersOf(): string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(test|contract)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(join(TESTS, file), 'utf8').matchAll(TITLE)])
    .flatMap(([, , title]) => /^(?:[A-Z]+[\d.]+ )*/.exec(title!)![0].trim().split(' '));
}
/** Tables and conditions stand before a title: one that is written out over lines ends with its bracket. */
const TITLE =
  /(?:\bit(?:\.\w+(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?)*\(|^ *\](?: as const)?\)\()\s*(['"`])(.*?)\1,/gm;

it('DOC1.1 has a test for every rule, and a rule for every test', () => {
  const found = numbersOf();
  expect(found.length).toBeGreaterThan(700);
  expect(found.filter((number) => !rules.includes(number))).toEqual([]);
  expect(rules.filter((rule) => !found.includes(rule))).toEqual([]);
  expect(promises.filter((promise) => !rules.some((rule) => rule.startsWith(`${promise}.`)))).toEqual([]);
  expect(rules.filter((rule) => !promises.includes(rule.split('.')[0]!))).toEqual([]);
  expect(new Set(rules).size).toBe(rules.length);
});
