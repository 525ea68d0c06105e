import { tmpdir } from 'node:os';
import { type TestProjectConfiguration, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { filesOf } from './test/support/projects.ts';

/** What each project needs before its first file. What several need is there once. */
const GATEWAY = ['test/support/in-memory.ts', 'test/support/build-console.ts', 'test/support/build.ts'];
const PROJECTS: Readonly<Record<string, readonly string[]>> = {
  package: [],
  browser: GATEWAY,
  pg: [...GATEWAY, 'test/support/serve-postgres.ts'],
  gateway: GATEWAY,
  unit: ['test/support/in-memory.ts'],
  // `npm test` leaves these out; `npm run test:all` and .ci/run don't.
  thorough: [...GATEWAY, 'test/support/serve-postgres.ts'],
  soak: GATEWAY,
  image: [],
  real: [...GATEWAY, 'test/support/serve-postgres.ts'],
};

/**
 * `npm test` runs these as one: a worker takes files of one project alone, and to start one and to load a gateway costs some three
 * seconds. By hand each is a project by itself.
 */
const TOGETHER = ['package', 'browser', 'pg', 'gateway', 'unit'];

/** What npm test leaves out writes to a real disk; the others' files are kept in memory. */
const ON_DISK = { TMPDIR: tmpdir() };
const ENVIRONMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  thorough: { ...ON_DISK, HOOKCAST_THOROUGH: 'on' },
  soak: ON_DISK,
  real: ON_DISK,
};

/**
 * A log refuses what it has not written or read within a second, and a gateway then answers 503, which asks for another try. On a
 * machine that is busy this is no failure, and in most tests nobody tries again. What is always refused fails every time.
 */
const TOO_SLOW = {
  count: 3,
  condition:
    /The log can't be (?:written|read) just now|no answer within|did not answer completely within|\b503\b|\bLOG_UNAVAILABLE\b/,
};

/** What there is to run: each project, or those that `npm test` has as one. */
const asked =
  process.env['HOOKCAST_TESTS'] === 'together'
    ? { test: TOGETHER }
    : Object.fromEntries(Object.keys(PROJECTS).map((name) => [name, [name]]));

const projects = Object.entries(asked).flatMap(([name, parts]): TestProjectConfiguration[] => {
  const include = parts.flatMap(filesOf);
  if (include.length === 0) return [];
  return [
    {
      extends: true,
      test: {
        name,
        include,
        globalSetup: [...new Set(parts.flatMap((part) => PROJECTS[part]!))],
        retry: TOO_SLOW,
        env: { ...ENVIRONMENTS[name] },
      },
    },
  ];
});

export default defineConfig({
  test: {
    projects,
    // More than the cores that there are: much of what is tested waits, for a clock or another process.
    maxWorkers: 5,
    // Node runs the sources as it does in production, so that the tests meet the same modules. Nothing is mocked, which is
    // what its loader would be for.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // To load the gateway anew for each file was a third of all work. No module of ours has anything that changes.
    isolate: false,
    setupFiles: ['test/support/say-what-is-awaited.ts'],
    execArgv: ['--conditions=hookcast-source'],
    sequence: { sequencer: LongestFirst },
    // A machine that is busy is no failure: what is awaited decides, not how soon it comes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Nor is a worker that takes long to end: without this, ten seconds of it make a run fail whose tests all passed.
    teardownTimeout: 120_000,
    expect: { poll: { timeout: 120_000 } },
    // A test that fails once in a hundred runs has to say all that it saw.
    chaiConfig: { truncateThreshold: 2_000 },
  },
});
