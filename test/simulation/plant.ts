import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Planted } from './planted.ts';

const run = promisify(execFile);
/** What the live part is made of. */
const PARTS = ['live', 'events', 'tallies', 'errors.ts', 'limits.ts'];

/** Seeds in a process of their own; the lines that it printed. @param roots the folders that have `src`. */
export async function runSeeds(seeds: number, { roots = ['.'], first = 1, stop = false } = {}): Promise<string[]> {
  const options = ['--seeds', String(seeds), '--first', String(first), ...roots.flatMap((root) => ['--root', root])];
  const command = ['--conditions=hookcast-source', 'test/simulation/run.ts', ...options, ...(stop ? ['--stop'] : [])];
  const { stdout } = await run(process.execPath, command, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim().split('\n');
}

/**
 * Runs seeds against copies of the code with one mistake each, until one finds it: by what was planted how many seeds that took, or null if
 * none did. All in one process, since to start one costs as much as some hundred seeds.
 */
export async function findPlanted(
  planted: readonly Planted[],
  mostSeeds: number,
): Promise<ReadonlyMap<string, number | null>> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-planted-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const roots = planted.map((one, index) => copyWith(one, join(folder, String(index))));
    const lines = await runSeeds(mostSeeds, { roots, stop: true });
    const ends = lines.map((line) => JSON.parse(line)).filter((line) => 'seeds' in line);
    return new Map(planted.map(({ what }, index) => [what, ends[index].broken > 0 ? ends[index].seeds : null]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyWith({ file, from, to }: Planted, root: string): string {
  for (const part of PARTS) cpSync(join('src', part), join(root, 'src', part), { recursive: true });
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} no longer has: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return root;
}
