import { spawnSync } from 'node:child_process';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { environment, temporaryFolder } from '../support/gateway.ts';
import { Dice } from './dice.ts';
import { type Fault, Lacking, type Options } from './fault.ts';
import { Outage } from './outage.ts';

/**
 * Writes that fail: by a limit on the size of files (EFBIG, which SQLite sees as an I/O error), which needs no rights; and
 * files that are moved away or replaced under the gateway, which SQLite would not notice.
 */
export const writeError: Fault = {
  name: 'write-error',
  what: 'write errors; files moved away or replaced',
  unit: 'cycles',
  runs: 20,
  run,
};

const WAYS = ['limit', 'limit', 'database moved', 'wal moved', 'database replaced', 'folder moved'] as const;

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  if (spawnSync('prlimit', ['--version']).status !== 0) {
    throw new Lacking('There is no prlimit here, of util-linux, to limit the size of files with.');
  }
  const folder = join(temporaryFolder(), 'log');
  const path = join(folder, 'hookcast.db');
  const outage = await Outage.begin(environment(folder), path, findings);
  for (let cycle = 0; cycle < runs; cycle += 1) {
    const dice = Dice.of(seed, cycle);
    const way = cycle < WAYS.length ? WAYS[cycle]! : dice.pick(WAYS);
    await setTimeout(dice.between(20, 300));
    const undo = bringAbout(way, path, outage.gateway.pid, dice);
    await outage.expectRefusals();
    await setTimeout(dice.below(200));
    undo();
    await outage.expectRecovery();
    findings.count(way);
    progress(`${way}, and back`);
  }
  await outage.end();
}

/** The way to undo it. */
function bringAbout(way: (typeof WAYS)[number], path: string, pid: number, dice: Dice): () => void {
  const moved = (from: string) => {
    renameSync(from, `${from}.away`);
    return () => renameSync(`${from}.away`, from);
  };
  switch (way) {
    case 'limit': {
      // Somewhere within what is written next.
      const size = statSync(`${path}-wal`).size + dice.below(8_192);
      const limit = (soft: string) => {
        const done = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${soft}:`]);
        if (done.status !== 0) throw new Lacking(`The size of files can't be limited here: ${String(done.stderr)}`);
      };
      limit(String(Math.min(size, 4_096)));
      return () => limit('unlimited');
    }
    case 'database moved':
      return moved(path);
    case 'wal moved':
      return moved(`${path}-wal`);
    case 'folder moved':
      return moved(join(path, '..'));
    case 'database replaced': {
      const back = moved(path);
      writeFileSync(path, 'somebody restored a backup without stopping the gateway');
      return () => back();
    }
  }
}
