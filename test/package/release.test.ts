import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { changesOf, versionProblems } from '../../.ci/changelog.ts';
import { behindPatterns, published } from '../../.ci/published.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { ROOT } from '../support/package.ts';

const changelog = readFileSync(join(ROOT, 'docs', 'CHANGELOG.md'), 'utf8');
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, any>;

it('OPS7.11 has notes for the version that it has, and takes those of no other', () => {
  const { version } = read('package.json');
  expect(changesOf(changelog, version).length).toBeGreaterThan(100);
  // Both packages of a release, and what is installed for them.
  expect([read('src/client/package.json')['version'], read('package-lock.json')['version']]).toEqual([
    version,
    version,
  ]);

  const two =
    '# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0\n\n- second\n\n### Fixed\n\n- a fault\n\n## 0.1.0\n\n- first\n';
  expect(changesOf(two, '0.2.0')).toBe('- second\n\n### Fixed\n\n- a fault\n');
  expect(changesOf(two, '0.1.0')).toBe('- first\n');
  expect(() => changesOf(two, '0.3.0')).toThrow('docs/CHANGELOG.md says nothing of 0.3.0');
  expect(() => changesOf(two, '0.2')).toThrow();
});

it('OPS7.11 lists the versions from the newest to the oldest, with unreleased changes on top', () => {
  const headings = [...changelog.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);
  expect(headings[0]).toBe('Unreleased');
  const numbers = headings.slice(1).map((version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    return version.split('.').reduce((sum, part) => sum * 1_000 + Number(part), 0);
  });
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  expect(headings[1]).toBe(read('package.json')['version']);
});

it('OPS7.11 refuses a version that is too small for its changes, and changes that no version has', () => {
  const of = (version: string, changes: string, waiting = '') =>
    versionProblems(`# C\n\n## Unreleased\n${waiting}\n## ${version}\n\n${changes}\n\n## 0.1.9\n\n- first\n`, version);
  const breaking = '### To do on updating\n\n- change it';
  expect(of('0.1.10', '- more')).toEqual([]);
  expect(of('0.2.0', '- more')).toEqual([]);
  expect(of('0.2.0', breaking)).toEqual([]);
  expect(of('0.10.0', breaking)).toEqual([]);
  expect(of('0.1.10', breaking)).toEqual([expect.stringContaining('0.1.10 must be 0.2.0 at least')]);
  expect(of('0.2.0', '- more', '\n- another\n')).toEqual([expect.stringContaining('call them 0.2.1')]);
  expect(of('0.2.0', '- more', `\n${breaking}\n`)).toEqual([expect.stringContaining('call them 0.3.0')]);
  expect(versionProblems('## Unreleased\n\n## 0.1.0\n\n- first\n', '0.1.0')).toEqual([]);
});

it('OPS7.12 publishes a package.json in which nothing points at what only a checkout has', () => {
  const own = read('package.json');
  const released = published(own) as Record<string, any>;
  expect(JSON.stringify(released)).not.toMatch(/src\/|hookcast-source|vitest/);
  for (const name of ['name', 'version', 'bin', 'files', 'dependencies', 'engines', 'peerDependencies']) {
    expect(released[name], name).toEqual(own[name]);
  }
  expect(Object.keys(released['exports'])).toEqual(Object.keys(own['exports']));
  expect(released['exports']['./provider']).toEqual({ default: './dist/provider-kit.js' });
});

it('OPS7.4 knows what the patterns among the exports stand for, so that each is checked', () => {
  const root = temporaryFolder();
  for (const file of ['verify/hmac.js', 'verify/hmac.d.ts', 'providers/one/one.js', 'providers/two/other.js']) {
    mkdirSync(dirname(join(root, 'dist', file)), { recursive: true });
    writeFileSync(join(root, 'dist', file), '');
  }
  const exports = {
    './body': { default: './dist/body.js' },
    './providers/*': { default: './dist/providers/*/*.js' },
    './schema.graphql': './schema.graphql',
    './verify/*': { default: './dist/verify/*.js' },
  };
  expect(behindPatterns(exports, root)).toEqual(['./providers/one', './verify/hmac']);
});

function release(...args: readonly string[]) {
  const env = { ...process.env, CI: '' };
  return spawnSync(process.execPath, [join(ROOT, '.ci', 'release.ts'), ...args], { env, encoding: 'utf8' });
}

it('OPS7.11 publishes only with --publish, and not from a machine that cannot attest what it built', () => {
  const refused = release('--publish');
  expect(refused.status).toBe(1);
  // It says so before it builds anything.
  expect(refused.stdout).toBe('');
  expect(refused.stderr).toMatch(/^release: v\S+ can't be published:\n- /);
  expect(refused.stderr).toContain('Publishing is for CI');
  expect(release('--publish', '--dry-run').stderr).toContain('not both');
  // A misspelled option must not begin a release.
  expect(release('--publsh')).toMatchObject({ status: 1, stdout: '' });
  expect(release('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('release/notes.md') });
});
