import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Planted } from './planted.ts';

const run = promisify(execFile);
/** What the live part is made of. */
const PARTS = ['live', 'events', 'tallies', 'errors.ts', 'limits.ts'];

/** Seeds in a process of their own; the lines that it printed. @param root the folder that has `src`. */
export async function runSeeds(seeds: number, { root = '.', first = 1, stop = false } = {}): Promise<string[]> {
  const options = ['--seeds', String(seeds), '--first', String(first), '--root', root, ...(stop ? ['--stop'] : [])];
  const command = ['--conditions=hookcast-source', 'test/simulation/run.ts', ...options];
  const { stdout } = await run(process.execPath, command, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim().split('\n');
}

/** Runs seeds against a copy of the code with one mistake in it, until one finds it. The number of that seed, or null. */
export async function findPlanted({ file, from, to }: Planted, mostSeeds: number): Promise<number | null> {
  const root = mkdtempSync(join(tmpdir(), 'hookcast-planted-'));
  try {
    for (const part of PARTS) cpSync(join('src', part), join(root, 'src', part), { recursive: true });
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} no longer has: ${from}`);
    writeFileSync(path, text.replace(from, to));
    const lines = await runSeeds(mostSeeds, { root, stop: true });
    const [found] = lines.map((line) => JSON.parse(line) as { readonly seed?: number });
    return found?.seed ?? null;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
