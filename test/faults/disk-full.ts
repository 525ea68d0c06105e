import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hookcast } from '../support/child.ts';
import { atEnd } from '../support/ending.ts';
import { environment, temporaryFolder } from '../support/gateway.ts';
import { Dice } from './dice.ts';
import { type Fault, Lacking, type Options } from './fault.ts';
import { Outage } from './outage.ts';

/** Several times what the write-ahead log takes between two checkpoints. */
const SIZE = 64 * 1024 * 1024;

/** A file system of its own that fills up and is freed again, under load. Needs the right to mount one. */
export const diskFull: Fault = {
  name: 'disk-full',
  what: 'a full disk, freed again (tmpfs of 64 MB)',
  unit: 'cycles',
  runs: 20,
  run,
};

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const folder = mountSmall();
  const env = environment(folder);
  const path = join(folder, 'hookcast.db');
  const ballast = join(folder, 'ballast');
  const outage = await Outage.begin(env, path, findings);
  for (let cycle = 0; cycle < runs; cycle += 1) {
    const dice = Dice.of(seed, cycle);
    await setTimeout(dice.between(20, 400));
    fill(ballast, dice.chance(0.5) ? 0 : dice.below(64 * 1024));
    await outage.expectRefusals();
    if (cycle === 0) await expectSaid(env, findings);
    await setTimeout(dice.below(300));
    rmSync(ballast);
    await outage.expectRecovery();
    findings.count('cycles');
    if (cycle % 5 === 4) progress(`${cycle + 1} cycles, ${outage.providers.acknowledged.size} events acknowledged`);
  }
  await outage.end();
}

/** Another gateway that starts on the full disk says so, in one line, and ends. */
async function expectSaid(env: Record<string, string>, findings: Options['findings']): Promise<void> {
  const child = hookcast(['serve'], { ...env, DATABASE_URL: env['DATABASE_URL']!.replace('.db', '-2.db') });
  let said = '';
  child.stderr?.on('data', (chunk) => (said += String(chunk)));
  child.stdout?.resume();
  const [code] = (await Promise.race([once(child, 'exit'), setTimeout(20_000, [null])])) as [number | null];
  const isClear =
    code === 1 && /^hookcast: .*can't be opened: .*full/.test(said) && said.trim().split('\n').length === 1;
  findings.expect(isClear, 'OPS2', () => `a start on a full disk ended with ${code}: ${said}`);
}

function mountSmall(): string {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'hookcast-faults', folder]);
  if (mounted.status !== 0) {
    throw new Lacking(
      `No file system can be mounted here (${String(mounted.stderr ?? mounted.error?.message).trim()}). Run it as root, ` +
        'as in "sudo npm run faults -- disk-full"; "write-error" does the like without.',
    );
  }
  atEnd(() => spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Takes all the room but so many bytes. */
function fill(path: string, left: number): void {
  const file = openSync(path, 'a');
  const piece = Buffer.alloc(4_096, 1);
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(path);
      if (bavail * bsize <= left) return;
      writeSync(file, piece);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
