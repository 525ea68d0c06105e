import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { defaultLimits } from '../src/limits-config.ts';
import { calendly } from '../src/providers/calendly/calendly.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The anchor that GitHub makes of a heading. */
const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\-_ ]/gu, '')
    .replaceAll(' ', '-');

/** A document without its examples, whose comments look like headings. */
const prose = (path: string) => read(path).replaceAll(/^```[^]*?^```/gm, '');

const anchorsOf = (path: string) => [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'src/client/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

it('DOC1.6 CONTRIBUTING has recipes, and each names files that there are', () => {
  const recipes = read('CONTRIBUTING.md').split('## Recipes')[1]!;
  const titles = [...recipes.matchAll(/^\*\*(.+)\.\*\*$/gm)].map(([, title]) => title);
  expect(titles.length).toBeGreaterThan(9);
  const paths = [...recipes.matchAll(/`((?:src|test|docs|console)\/[^`*]+|[A-Z]+\.md|\.env\.example)`/g)].map(
    ([, path]) => path!,
  );
  for (const path of paths) expect(existsSync(join(ROOT, path)), path).toBe(true);
  // A new step of the schema begins as a copy of the last one.
  for (const folder of ['src/log/sqlite/migrations', 'src/log/postgres/migrations']) {
    const steps = readdirSync(join(ROOT, folder)).map((name) => Number(/^version-(\d+)/.exec(name)?.[1] ?? 0));
    expect(paths).toContain(`${folder}/version-${Math.max(...steps)}.ts`);
  }
});

it('DOC1.5 the table of metrics names all that there are, and nothing else', () => {
  const folder = join('src', 'telemetry');
  const sources = readdirSync(join(ROOT, folder)).map((file) => read(join(folder, file)));
  const there = new Set(sources.flatMap((text) => [...text.matchAll(/'(hookcast_\w+)'/g)].map(([, name]) => name!)));
  const rows = [...read('docs/OPERATING.md').matchAll(/^\| (`hookcast_.*?) \|/gm)].map(([, cell]) => cell!);
  const told = new Set(rows.flatMap((cell) => [...cell.matchAll(/hookcast_\w+/g)].map(([name]) => name)));
  // The metric's former name, which stays for one release.
  there.delete('hookcast_deliveries_total');
  expect([...told].toSorted()).toEqual([...there].toSorted());
});

it('DOC1.5 the table of limits has every setting that is one', () => {
  const settings = [...read('src/limits-config.ts').matchAll(/\bsettings\.([A-Z_]+)/g)].map(([, name]) => name!);
  expect(settings.length).toBeGreaterThan(20);
  const limits = read('docs/LIMITS.md');
  expect(settings.filter((name) => !limits.includes(`\`${name}\``))).toEqual([]);
});

it('OPS9.6 nginx hands on bodies that are larger than the gateway takes, so that the gateway itself refuses them', () => {
  const largest = Math.max(
    defaultLimits().webhooks.body,
    calendly({ secrets: ['jZ4mWq9tB1xEo7uRk2Lc8vNy5sDa0gHf'] }).largestBody ?? 0,
  );
  const [, megabytes = 1] = /^\s*client_max_body_size (\d+)m;$/m.exec(read('docs/deploy/nginx.conf')) ?? [];
  expect(Number(megabytes) * 1024 * 1024).toBeGreaterThan(largest);
});

it.for(documents)('DOC1.6 %s leads to files and sections that there are', (document) => {
  const links = [...prose(document).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link!);
  for (const link of links) {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? document : join(dirname(document), path);
    expect(existsSync(join(ROOT, file)), link).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file), link).toContain(anchor);
  }
});
