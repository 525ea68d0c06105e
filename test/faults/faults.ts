import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cleanUp } from '../support/ending.ts';
import { setup as servePostgres } from '../support/serve-postgres.ts';
import { type Fault, Lacking } from './fault.ts';
import { Findings } from './findings.ts';
import { type Result, keep, machine, readKept, toLines, toMarkdown } from './results.ts';

/**
 * `npm run faults`, all of them, or `npm run faults -- <name> [--seed n] [--runs n] [--minutes n] [--workers n]
 * [--database postgres]`: brings about what goes wrong in the world, against real gateways, and ends with 1 when a promise was broken. `report` prints the table of
 * docs/RELIABILITY.md from what was found last.
 */
const FAULTS: Record<string, () => Promise<Fault>> = {
  kill: async () => (await import('./kill.ts')).kill,
  'disk-full': async () => (await import('./disk-full.ts')).diskFull,
  'write-error': async () => (await import('./write-error.ts')).writeError,
  locked: async () => (await import('./locked.ts')).locked,
  corrupt: async () => (await import('./corrupt.ts')).corrupt,
  'fuzz-bodies': async () => (await import('./fuzz-bodies.ts')).fuzzBodies,
  'fuzz-headers': async () => (await import('./fuzz-headers.ts')).fuzzHeaders,
  'fuzz-graphql': async () => (await import('./fuzz-graphql.ts')).fuzzGraphql,
  'fuzz-ws': async () => (await import('./fuzz-ws.ts')).fuzzWs,
  bounds: async () => (await import('./bounds.ts')).bounds,
  stalled: async () => (await import('./stalled.ts')).stalled,
  reconnect: async () => (await import('./reconnect.ts')).reconnect,
  clock: async () => (await import('./clock.ts')).clock,
  simulate: async () => (await import('./simulate.ts')).simulate,
  soak: async () => (await import('./soak.ts')).soak,
  watched: async () => (await import('./watched.ts')).watched,
};

/** Minutes that one may take, besides those that it is asked to: what hangs is broken as well. */
const MOST_MINUTES = 15;

// Hundreds of gateways are started.
process.env['NODE_COMPILE_CACHE'] ??= 'node_modules/.cache/compiled';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    minutes: { type: 'string' },
    workers: { type: 'string' },
    database: { type: 'string' },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(FAULTS);
const unknown = names.filter((name) => name !== 'report' && !Object.hasOwn(FAULTS, name));

if (unknown.length > 0) {
  console.error(`There is no fault ${unknown.join(', ')}. There are: ${Object.keys(FAULTS).join(', ')}; and report.`);
  process.exitCode = 1;
} else if (![undefined, 'postgres'].includes(values.database)) {
  console.error('--database takes "postgres". Without it, the log is a file.');
  process.exitCode = 1;
} else if (names.includes('report')) {
  const order = Object.keys(FAULTS);
  const kept = readKept().toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  console.log(toMarkdown(kept));
} else {
  const results: Result[] = [];
  const endPostgres = values.database === undefined ? undefined : await servePostgres();
  for (const name of names) results.push(await runOne(name));
  await endPostgres?.();
  console.log(`\n${machine()}\n${toLines(results).join('\n')}`);
  process.exit(results.some(({ broken, lacking }) => broken.length > 0 || lacking !== null) ? 1 : 0);
}

async function runOne(name: string): Promise<Result> {
  const fault = await FAULTS[name]!();
  const seed = numberOf('seed') ?? 1;
  const runs = numberOf('runs') ?? fault.runs;
  const minutes = numberOf('minutes') ?? fault.minutes ?? 0;
  const workers = numberOf('workers') ?? 1;
  const databaseUrl = await newDatabase();
  const findings = new Findings({ isQuiet: true });
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const progress = (said: string) => console.log(`${name} ${seconds().toFixed(0).padStart(5)} s  ${said}`);
  progress(`${fault.what}: ${runs} ${fault.unit}, seed ${seed}`);
  let lacking: string | null = null;
  try {
    const ended = fault.run({ seed, runs, minutes, workers, databaseUrl, findings, progress }).then(() => true);
    const inTime = await Promise.race([ended, setTimeout((minutes + MOST_MINUTES) * 60_000, false, { ref: false })]);
    findings.expect(inTime, 'OPS8', () => `it has not come to an end after ${Math.round(seconds())} s`);
  } catch (error) {
    if (error instanceof Lacking) lacking = error.message;
    else
      findings.expect(false, 'OPS8', () => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  }
  await cleanUp();
  const { counts, broken } = findings;
  const options = Object.entries(values).map(([option, value]) => ` --${option} ${value}`);
  const command = `npm run faults -- ${name}${options.join('')}`;
  const { what, unit } = fault;
  const result = {
    name,
    what,
    unit,
    runs,
    minutes,
    seed,
    counts,
    broken,
    lacking,
    seconds: seconds(),
    command,
    machine: machine(),
  };
  keep(result);
  progress(lacking ?? (broken.length === 0 ? 'every promise was kept' : `broken: ${broken[0]}`));
  return result;
}

/** A database of its own for each fault, if `--database postgres` asks for it. */
async function newDatabase(): Promise<string | null> {
  if (values.database === undefined) return null;
  // Loaded only here: it ends a process with 0, whatever its exit code was to be (serve-postgres.ts).
  const { sharedPostgres } = await import('../support/postgres.ts');
  return sharedPostgres().newDatabase();
}

function numberOf(option: 'seed' | 'runs' | 'minutes' | 'workers'): number | null {
  const value = values[option];
  if (value === undefined) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  console.error(`--${option} takes a number.`);
  process.exit(1);
}
