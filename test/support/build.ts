import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache');

/**
 * Once before all tests: `hookcast serve` and the other commands in a few files, for the processes that tests start. There
 * are more than a hundred, and most of what each did was to look for twelve hundred modules.
 */
export async function setup(): Promise<(() => void) | undefined> {
  // Another project has it already.
  if (process.env['HOOKCAST_BUILT']) return undefined;
  mkdirSync(CACHE, { recursive: true });
  // A folder for each run, so that runs at the same time don't take each other's files away.
  const folder = mkdtempSync(join(CACHE, 'hookcast-'));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true, resolve: { conditions: ['hookcast-source', 'node', 'import'] } },
    build: {
      ssr: true,
      outDir: join(folder, 'dist'),
      emptyOutDir: false,
      target: 'node24',
      rolldownOptions: {
        // The writer, the checkpointer and each worker are threads, each with a file of its own beside whatever starts it.
        input: {
          cli: join(ROOT, 'src/cli.ts'),
          writer: join(ROOT, 'src/log/sqlite/writer.ts'),
          worker: join(ROOT, 'src/workers/worker.ts'),
          checkpointer: join(ROOT, 'src/log/sqlite/checkpointer.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  symlinkSync(join(ROOT, 'dist', 'console'), join(folder, 'dist', 'console'));
  process.env['HOOKCAST_BUILT'] = join(folder, 'dist', 'cli.js');
  return () => rmSync(folder, { recursive: true, force: true });
}
