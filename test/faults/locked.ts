import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { environment, temporaryFolder } from '../support/gateway.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { hold } from './lock.ts';
import { Outage } from './outage.ts';

/** Another process holds the database's write lock: a backup, somebody at a shell, a stuck command. */
export const locked: Fault = {
  name: 'locked',
  what: 'a database that somebody else has locked',
  unit: 'locks',
  runs: 10,
  run,
};

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const folder = temporaryFolder();
  const path = join(folder, 'hookcast.db');
  const outage = await Outage.begin(environment(folder), path, findings);
  for (let lock = 0; lock < runs; lock += 1) {
    const dice = Dice.of(seed, lock);
    await setTimeout(dice.between(20, 300));
    const free = await hold(path, dice.pick(['IMMEDIATE', 'EXCLUSIVE'] as const));
    await outage.expectRefusals();
    await setTimeout(dice.between(0, 2_000));
    await free();
    await outage.expectRecovery();
    findings.count('locks');
    progress(`${lock + 1} locks`);
  }
  await outage.end();
}
