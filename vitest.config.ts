import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores: more files at once would only make every one of them slower.
    maxWorkers: 2,
    // Node runs the sources as it does in production, so that the tests meet the same modules.
    experimental: { viteModuleRunner: false },
    execArgv: ['--conditions=hookcast-source'],
    testTimeout: 15_000,
    // A machine that is busy is no failure: what is awaited decides, not how soon it comes.
    expect: { poll: { timeout: 10_000 } },
  },
});
