import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changesOf, versionProblems } from './changelog.ts';
import { behindPatterns, published } from './published.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

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

/**
 * `npm run release`: packs, checks the packages, publishes them, and prints the notes of the changelog. With `--dry-run` it publishes
 * nothing, and says what it would do and what is still missing. Only CI may publish: only there can npm attest where a package was built.
 */
function release(isDryRun: boolean): void {
  const { version } = readManifest('package.json');
  const changelog = readFileSync(join(ROOT, 'docs', 'CHANGELOG.md'), 'utf8');
  const notes = changesOf(changelog, version);
  const problems = [...versionProblems(changelog, version), ...problemsOf(version)];
  if (problems.length > 0 && !isDryRun) throw new Error(problems.join('\n'));
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-release-'));
  try {
    run('npm', ['run', 'build']);
    const packed: string[] = [];
    for (const { from, manifest } of PACKAGES) {
      const tarball = pack(from, folder);
      packed.push(tarball);
      for (const check of checks(readManifest(manifest).exports))
        console.log(run('npm', ['exec', '--yes', ...check, tarball], folder));
    }
    const file = join(folder, 'notes.md');
    writeFileSync(file, notes);
    const publish = packed.map((tarball) => ['publish', tarball, '--provenance', '--access', 'public']);
    if (!isDryRun) for (const args of publish) run('npm', args, folder);
    for (const args of publish) console.log(`${isDryRun ? 'It would run' : 'It ran'} npm ${args.join(' ')}`);
    console.log(`\nThe notes of v${version}:\n\n${notes}`);
    if (problems.length > 0)
      console.log(`Before it can be published:\n${problems.map((one) => `- ${one}`).join('\n')}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packs a folder with the published package.json. The scripts of npm are not run, because both packages are built already. */
function pack(from: string, into: string): string {
  const folder = mkdtempSync(join(into, 'package-'));
  const of = (where: string, to: string) => {
    const made = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', to], where);
    return join(to, (JSON.parse(made) as [{ filename: string }])[0].filename);
  };
  run('tar', ['-xzf', of(from, folder), '-C', folder]);
  const manifest = join(folder, 'package', 'package.json');
  writeFileSync(manifest, `${JSON.stringify(published(JSON.parse(readFileSync(manifest, 'utf8'))), null, 2)}\n`);
  return of(join(folder, 'package'), into);
}

/** Says what in this machine, the checkout and the manifests prevents publishing, and what to do about it. */
function problemsOf(version: string): string[] {
  const problems: string[] = [];
  // npm asks CI for an identity, and writes it into the provenance.
  if (!process.env['CI'])
    problems.push('Publishing is for CI: have a job with "id-token: write" run npm run release on the tag.');
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
  release(process.argv.includes('--dry-run'));
} catch (error) {
  console.error(`release: ${(error as Error).message}`);
  process.exitCode = 1;
}
