import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores: more files at once would only make every one of them slower.
    maxWorkers: 2,
    // Node runs the sources as it does in production, so that the tests meet the same modules. Nothing is mocked, which is
    // what its loader would be for.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // To load the gateway anew for each file was a third of all work. No module of ours has anything that changes.
    isolate: false,
    globalSetup: ['test/support/build-console.ts', 'test/support/build.ts'],
    execArgv: ['--conditions=hookcast-source'],
    sequence: { sequencer: LongestFirst },
    // A machine that is busy is no failure: what is awaited decides, not how soon it comes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 40_000 } },
  },
});
