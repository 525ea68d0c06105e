/** `npm run bench -- <name>`: measures against peers in the same run and prints ratios. Not a test: machines are noisy. */
const BENCHES: Record<string, () => Promise<{ main: (options: readonly string[]) => Promise<void> }>> = {
  // `--database postgres`: one and two gateways on PostgreSQL, beside one on SQLite. `--against FOLDER`: beside another checkout's gateway.
  ingest: () => import('./ingest.ts'),
  // The CPU of the SQLite log's writer for each row. `--rows N`: rows that are there already. `--against FOLDER` as above.
  rows: () => import('./rows.ts'),
  query: () => import('./query.ts'),
  // Searches for words, before and after a log is indexed. `--rows N`, `--database postgres`.
  search: () => import('./search.ts'),
  // CPU and memory of `hookcast export`. `--rows N`: rows of the log.
  export: () => import('./export.ts'),
  'fan-out': () => import('./fan-out.ts'),
  memory: () => import('./memory.ts'),
  resume: () => import('./resume.ts'),
  // Use `--clients 500` on a smaller machine.
  jitter: () => import('./jitter.ts'),
  avalanche: () => import('./avalanche.ts'),
  // `--workers 1,2,4`: the gateway's own time for an event, with each number of workers.
  latency: () => import('./latency.ts'),
  // `--beside FOLDER`: beside another version, which is installed there.
  start: () => import('./start.ts'),
  several: () => import('./several.ts'),
  types: () => import('./types.ts'),
  lists: () => import('./lists.ts'),
  streams: () => import('./streams.ts'),
};

const name = process.argv[2] ?? '';
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (load) {
  await (await load()).main(process.argv.slice(3));
} else {
  console.error(`Which one? npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 1;
}
