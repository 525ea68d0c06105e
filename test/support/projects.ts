import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('..', import.meta.url));

/** The modules that a file imports, directly or not, say what it needs. The first match counts. */
const REACHES: readonly (readonly [project: string, modules: readonly string[]])[] = [
  ['browser', ['support/chromium.ts']],
  ['pg', ['support/postgres.ts']],
  ['gateway', ['support/gateway.ts', 'support/child.ts', '../src/gateway.ts']],
];
/** Projects that have a folder or a file of their own. */
const PLACES: readonly (readonly [project: string, place: RegExp])[] = [
  ['real', /^real\//],
  ['image', /^package\/image\./],
  ['soak', /(^|\/)soak\./],
  // To pack and install takes the package manager minutes.
  ['thorough', /^package\/(package|old-node)\./],
  ['package', /^package\//],
];

/** Tests that import this repeat more often in a project of their own. */
const THOROUGH = 'support/thorough.ts';

/** The test files of a project, as paths from the root. */
export function filesOf(project: string): string[] {
  const isOf = (file: string) =>
    projectOf(file) === project || (project === 'thorough' && reachedFrom(file).has(THOROUGH));
  return testFiles().flatMap((file) => (isOf(file) ? [`test/${file}`] : []));
}

function testFiles(): string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
}

function projectOf(file: string): string {
  const placed = PLACES.find(([, place]) => place.test(file));
  if (placed) return placed[0];
  const reached = reachedFrom(file);
  return REACHES.find(([, modules]) => modules.some((module) => reached.has(module)))?.[0] ?? 'unit';
}

/** The modules of the tests that a file imports, directly or not. Of the sources only the names. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  const text = readFileSync(join(TESTS, file), 'utf8');
  for (const [, path] of text.matchAll(/\bfrom '(\.[^']+)'/g)) {
    const module = join(dirname(file), path!);
    // A file that a test writes may import a module that is not here.
    if (reached.has(module) || !existsSync(join(TESTS, module))) continue;
    reached.add(module);
    if (!module.startsWith('..')) reachedFrom(module, reached);
  }
  return reached;
}
