import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../.ci/bundle.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache');

/** Once before all tests: `hookcast serve` and the other commands as they are packed, for the processes that tests start. */
export async function setup(): Promise<(() => void) | undefined> {
  // Another project has it already.
  if (process.env['HOOKCAST_BUILT']) return undefined;
  mkdirSync(CACHE, { recursive: true });
  // A folder for each run, so that runs at the same time don't take each other's files away.
  const folder = mkdtempSync(join(CACHE, 'hookcast-'));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await bundle(join(folder, 'dist'));
  symlinkSync(join(ROOT, 'dist', 'console'), join(folder, 'dist', 'console'));
  process.env['HOOKCAST_BUILT'] = join(folder, 'dist', 'cli.js');
  return () => rmSync(folder, { recursive: true, force: true });
}
