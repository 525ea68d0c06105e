import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCode, simulate } from './simulate.ts';

/*
 * `node --conditions=hookcast-source test/simulation/run.ts --seeds 1000 [--first 1] [--root FOLDER…] [--stop]`: a process of its own, since
 * it takes the place of the process's timers. Prints one line of JSON for each seed that broke a promise, and one at the end, for each root.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    /** Folders that have a `src` each. */
    root: { type: 'string', multiple: true, default: ['.'] },
    /** Ends with the first seed that breaks a promise. */
    stop: { type: 'boolean', default: false },
  },
});
const first = Number(values.first);
for (const root of values.root) {
  const code = await loadCode(resolve(root));
  let [seeds, tasks, broken] = [0, 0, 0];
  while (seeds < Number(values.seeds) && !(values.stop && broken > 0)) {
    const outcome = await simulate(code, first + seeds);
    seeds += 1;
    tasks += outcome.tasks;
    if (outcome.broken.length === 0) continue;
    broken += 1;
    console.log(JSON.stringify(outcome));
  }
  console.log(JSON.stringify({ seeds, tasks, broken }));
}
process.exit(0);
