import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Outcome, loadCode, simulate } from './simulate.ts';

/*
 * `node --conditions=hookcast-source test/simulation/run.ts --seeds 1000 [--first 1] [--root FOLDER] [--stop]`: a process of its own, since
 * it takes the place of the process's timers. Prints one line of JSON for each seed that broke a promise, and one at the end.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    root: { type: 'string', default: '.' },
    /** Ends with the first seed that breaks a promise. */
    stop: { type: 'boolean', default: false },
  },
});
const code = await loadCode(resolve(values.root));
const first = Number(values.first);
let tasks = 0;
let broken = 0;
let seed = first;
for (; seed < first + Number(values.seeds); seed += 1) {
  const outcome: Outcome = await simulate(code, seed);
  tasks += outcome.tasks;
  if (outcome.broken.length === 0) continue;
  broken += 1;
  console.log(JSON.stringify(outcome));
  if (values.stop) break;
}
console.log(JSON.stringify({ seeds: seed - first + (values.stop && broken ? 1 : 0), tasks, broken }));
process.exit(0);
