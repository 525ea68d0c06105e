import { runSeeds } from '../simulation/plant.ts';
import type { Fault } from './fault.ts';

/** Seeds in one process: between two of them it says how far it is. */
const AT_ONCE = 1_000;

/** The live part alone, without I/O: random interleavings, kills, losses and jumps of the clock. Each run can be replayed. */
export const simulate: Fault = {
  name: 'simulate',
  what: 'a simulation of the live part: kills, stalls, cuts, retention, failovers that lose commits, copies put back, clocks that jump',
  unit: 'seeds',
  runs: 10_000,
  async run({ seed, runs, findings, progress }) {
    const first = (seed - 1) * runs + 1;
    for (let done = 0; done < runs; done += AT_ONCE) {
      const count = Math.min(AT_ONCE, runs - done);
      const lines = await runSeeds(count, { first: first + done });
      const { tasks } = JSON.parse(lines.pop()!) as { readonly tasks: number };
      findings.count('tasks', tasks);
      for (const line of lines) {
        const { seed: number, broken } = JSON.parse(line) as { readonly seed: number; readonly broken: string[] };
        findings.expect(
          false,
          'LIVE1',
          () => `seed ${number}: ${broken[0]} (node test/simulation/run.ts --seeds 1 --first ${number})`,
        );
      }
      progress(`${done + count} seeds`);
    }
  },
};
