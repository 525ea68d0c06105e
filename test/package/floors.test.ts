import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NEEDED_NODE, isEnough } from '../../src/needed-node.ts';
import { ROOT } from '../support/package.ts';

/** Packages that read strangers' bytes: the versions below which a fault is known, and the fault. */
const FLOORS: Readonly<Record<string, readonly [floor: string, fault: string]>> = {
  ws: [
    '8.23.0',
    `Tiny fragments filled the memory with little traffic before 8.21.0 (CVE-2026-48779), and still with the defaults of
    8.21.0, which 8.21.1 lowered (websockets/ws#2331). close() gave memory away before 8.20.1 (CVE-2026-45736), and many
    headers ended the process before 8.17.1 (CVE-2024-37890). Above those it is what was tried here.`,
  ],
  'graphql-yoga': [
    '5.21.3',
    'A vulnerability was mended in 5.21.3, says graphql-hive/console#8369; its notes do not say which.',
  ],
  'proxy-addr': [
    '2.0.8',
    'A trusted network written ::ffff:10.0.0.0/8 trusted every address, so that anybody chose his own (CVE-2026-90711).',
  ],
  graphql: ['16.8.1', 'Validating a large document of many fields took its square in time (CVE-2023-26144).'],
  zod: ['3.22.3', 'An e-mail address could take exponential time (GHSA-m95q-7qp3-xv42).'],
  jose: [
    '2.0.5',
    'A padding oracle in decrypting (CVE-2021-29443). Nothing is decrypted here, only signatures are checked.',
  ],
};

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
/** The packages that are installed with hookcast: by path, since a package may be there in several versions. */
const shipped = Object.entries(packages).filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional);

/** Of versions like 8.23.0, without anything behind. */
function isAtLeast(version: string, floor: string): boolean {
  const [mine, theirs] = [version, floor].map((text) => text.split('.').map(Number));
  const first = mine!.findIndex((part, place) => part !== theirs![place]);
  return first === -1 || mine![first]! > theirs![first]!;
}

it('OPS7.5 installs nothing that faces the network in a version with a known fault', () => {
  for (const [name, [floor, fault]] of Object.entries(FLOORS)) {
    const range = dependencies[name];
    expect(range, `${name}: a range that begins with a version`).toMatch(/^\^\d+\.\d+\.\d+$/);
    expect(isAtLeast(range!.slice(1), floor), `${name} ${range} in package.json: ${fault}`).toBe(true);
    const installed = shipped.filter(([path]) => path.endsWith(`node_modules/${name}`));
    expect(installed.length, name).toBeGreaterThan(0);
    for (const [path, { version }] of installed)
      expect(isAtLeast(version, floor), `${path} ${version}: ${fault}`).toBe(true);
  }
  expect([isAtLeast('8.9.10', '8.23.0'), isAtLeast('8.23.0', '8.23.0'), isAtLeast('9.0.0', '8.23.0')]).toEqual([
    false,
    true,
    true,
  ]);
});

it('OPS7.1 needs no install script of anything that it ships with', () => {
  expect(shipped.length).toBeGreaterThan(20);
  expect(shipped.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([]);
});

it('OPS7.5 takes every package with its hash', () => {
  const others = Object.entries(packages).filter(
    ([path, { integrity }]) => path !== '' && !integrity?.startsWith('sha512-'),
  );
  expect(others.map(([path]) => path)).toEqual([]);
});

it('OPS7.7 names one Node as the oldest, and takes every newer one', () => {
  const versions = ['20.20.2', '24.0.0', '24.6.0', '24.7.0', '24.10.1', '25.0.0', '26.10.0'];
  expect(versions.map(isEnough)).toEqual([false, false, false, true, true, true, true]);
  expect(read('package.json').engines).toEqual({ node: `>=${NEEDED_NODE}` });
  expect(read('package-lock.json').packages[''].engines).toEqual({ node: `>=${NEEDED_NODE}` });
  // The image's base and npm ci bring newer versions; these pages say which versions a user may have.
  for (const page of [
    'README.md',
    'CONTRIBUTING.md',
    'Dockerfile',
    'docs/PROVIDERS.md',
    'docs/deploy/hookcast.service',
  ]) {
    const [, said] =
      /Node (?:\()?(\d[\d.]*) or newer/.exec(readFileSync(join(ROOT, page), 'utf8').replace('20 or newer', '')) ?? [];
    expect(said, page).toBe(NEEDED_NODE);
  }
  expect(isEnough((packages['node_modules/node'] ?? { version: '0' }).version)).toBe(true);
});
