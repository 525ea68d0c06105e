import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const security = readFileSync(`${ROOT}/SECURITY.md`, 'utf8');

/** The rows of its tables: could, promise, shown by. */
const rows = security
  .split('\n')
  .filter((line) => /^\|(?! -|.*\| promise)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, could = '', promise = '', shownBy = '']) => ({ could, promise, shownBy }));

it('DOC1.3 SECURITY.md names only promises and tests that there are', () => {
  const promises = readFileSync(`${ROOT}/docs/PROMISES.md`, 'utf8');
  const promised = new Set([...promises.matchAll(/^\| \*\*([A-Z]+\d+)\*\* +\|/gm)].map(([, number]) => number));
  expect(rows.length).toBeGreaterThan(30);
  for (const { could, promise, shownBy } of rows) {
    if (could.startsWith('**not stopped:**')) continue;
    for (const number of promise.split(', ')) expect(promised, could).toContain(number);
    const files = [...shownBy.matchAll(/`(test\/[^`]+)`((?:,? ?"[^"]+")+)/g)];
    expect(files.length, `${could}: no test`).toBeGreaterThan(0);
    for (const [, file = '', titles = ''] of files) {
      const text = readFileSync(`${ROOT}/${file}`, 'utf8');
      for (const [, title] of titles.matchAll(/"([^"]+)"/g)) {
        expect(text.includes(`'${title}`) || text.includes(`\`${title}`), `${file}: ${title}`).toBe(true);
      }
    }
  }
});

it('DOC1.3 SECURITY.md names only files that there are, each test with a title', () => {
  const links = [...security.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!);
  for (const path of [...links, 'test/fixtures']) expect(existsSync(`${ROOT}/${path}`), path).toBe(true);
  for (const { shownBy } of rows) expect(shownBy).not.toMatch(/`test\/[^`]+\.ts`(?! ")/);
});
