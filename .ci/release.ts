import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { changesOf, versionProblems } from './changelog.ts';
import { behindPatterns, published } from './published.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Gets the packages and the notes of a release. Git ignores it. */
const RELEASE = join(ROOT, 'release');

const HELP = `npm run release                  packs, checks and shows everything; publishes nothing
npm run release -- --publish     publishes to npm: for CI, on the tag of the version

Both write release/notes.md and the packages beside it.`;

/**
 * The checks of a package. They run once a release, so they are no devDependencies. The second brings its own TypeScript compiler, and
 * needs the exports behind patterns named.
 */
const checks = (exports: Readonly<Record<string, unknown>>): readonly (readonly string[])[] => {
  const more = behindPatterns(exports, ROOT);
  return [
    ['--package=publint@0.3.25', '--', 'publint', 'run', '--strict'],
    [
      '--package=@arethetypeswrong/cli@0.18.5',
      '--',
      'attw',
      '--profile',
      'esm-only',
      ...(more.length > 0 ? ['--include-entrypoints', ...more] : []),
      '--exclude-entrypoints',
      './schema.graphql',
      ...Object.keys(exports).filter((path) => path.includes('*')),
      '--',
    ],
  ];
};

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly repository?: unknown;
}

/**
 * The packages of a release: the gateway, and the client alone, which `npm run build` has made. `manifest` is the file with the
 * package's name, version and repository.
 */
const PACKAGES = [
  { from: ROOT, manifest: 'package.json' },
  { from: join(ROOT, 'dist', 'client'), manifest: 'src/client/package.json' },
];

const run = (file: string, args: readonly string[], cwd = ROOT) =>
  execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const step = (title: string) => console.log(`\n— ${title}`);

/**
 * Makes a release: builds and packs both packages, checks them, and writes the changelog's notes. Only with `isPublishing` are they
 * published, and only by CI: only there can npm attest where a package was built.
 */
function release(isPublishing: boolean): void {
  const { version } = readManifest('package.json');
  const changelog = readFileSync(join(ROOT, 'docs', 'CHANGELOG.md'), 'utf8');
  const notes = changesOf(changelog, version);
  const problems = [...versionProblems(changelog, version), ...problemsOf(version)];
  if (problems.length > 0 && isPublishing) throw new Error(`v${version} can't be published:\n${listed(problems)}`);
  rmSync(RELEASE, { recursive: true, force: true });
  mkdirSync(RELEASE);

  step('Build');
  run('npm', ['run', 'build']);

  step('Pack');
  const packages = PACKAGES.map(({ from, manifest }) => ({ tarball: pack(from), manifest }));
  for (const { tarball } of packages) console.log(relative(ROOT, tarball));

  step('Check');
  for (const { tarball, manifest } of packages)
    for (const check of checks(readManifest(manifest).exports))
      console.log(inScratch((folder) => run('npm', ['exec', '--yes', ...check, tarball], folder)));

  step('Notes');
  const file = join(RELEASE, 'notes.md');
  writeFileSync(file, notes);
  console.log(`${relative(ROOT, file)}:\n\n${notes}`);

  const publications = packages.map(({ tarball }) => ['publish', tarball, '--provenance', '--access', 'public']);
  step(isPublishing ? 'Publish' : 'Publish: with --publish, this would run');
  for (const args of publications) {
    console.log(`npm ${args.join(' ')}`);
    if (isPublishing) run('npm', args, RELEASE);
  }
  const tarballs = packages.map(({ tarball }) => relative(ROOT, tarball)).join(' ');
  console.log(`\nThen: gh release create v${version} --verify-tag --notes-file ${relative(ROOT, file)} ${tarballs}`);
  if (problems.length > 0) console.log(`\nBefore v${version} can be published:\n${listed(problems)}`);
}

const listed = (problems: readonly string[]) => problems.map((problem) => `- ${problem}`).join('\n');

/** Packs a folder into RELEASE, with the published package.json. npm's scripts are not run, because both packages are built already. */
function pack(from: string): string {
  const packInto = (where: string, into: string) => {
    const made = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', into], where);
    return join(into, (JSON.parse(made) as [{ filename: string }])[0].filename);
  };
  return inScratch((folder) => {
    run('tar', ['-xzf', packInto(from, folder), '-C', folder]);
    const manifest = join(folder, 'package', 'package.json');
    writeFileSync(manifest, `${JSON.stringify(published(JSON.parse(readFileSync(manifest, 'utf8'))), null, 2)}\n`);
    return packInto(join(folder, 'package'), RELEASE);
  });
}

function inScratch<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-release-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The reasons in this machine, the checkout and the manifests why nothing can be published, each with the remedy. */
function problemsOf(version: string): string[] {
  const problems: string[] = [];
  // npm asks CI for an identity, and writes it into the provenance.
  if (!process.env['CI'])
    problems.push(
      'Publishing is for CI: have a job with "id-token: write" run npm run release -- --publish on the tag.',
    );
  for (const { manifest: file } of PACKAGES) {
    const manifest = readManifest(file);
    if (manifest.version !== version)
      problems.push(`${file} has the version ${manifest.version}: set it to ${version}.`);
    // npm compares this with the repository that CI builds. It refuses a package with another repository or none.
    if (!manifest.repository) {
      problems.push(
        `${file} names no repository, which the provenance needs: set "repository": { "type": "git", "url": "git+https://…" } to the public ` +
          'repository in which CI builds the package.',
      );
    }
  }
  if (run('git', ['status', '--porcelain']) !== '')
    problems.push('There are changes that are not committed: commit them.');
  const tags = run('git', ['tag', '--points-at', 'HEAD']).split('\n');
  if (!tags.includes(`v${version}`)) problems.push(`This commit has no tag v${version}: git tag v${version}.`);
  return problems;
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Manifest;
}

try {
  const { values } = parseArgs({
    options: { publish: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.publish && values['dry-run']) throw new Error('Say --publish or --dry-run, not both.');
  if (values.help) console.log(HELP);
  else release(values.publish ?? false);
} catch (error) {
  console.error(`release: ${(error as Error).message}`);
  process.exitCode = 1;
}
