/** `npm run bench -- <name>`: measures against peers in the same run and prints ratios. Not a test: machines are noisy. */
const BENCHES: Record<string, () => Promise<{ main: (options: readonly string[]) => Promise<void> }>> = {
  // With `--database postgres`: one and two gateways on PostgreSQL, beside one on SQLite. With `--against FOLDER`: another checkout's.
  ingest: () => import('./ingest.ts'),
  // What the writer of SQLite's log takes for a row, with `--rows N` there already and `--against FOLDER` as above.
  rows: () => import('./rows.ts'),
  query: () => import('./query.ts'),
  // With `--rows N`: CPU and memory of `hookcast export`.
  export: () => import('./export.ts'),
  'fan-out': () => import('./fan-out.ts'),
  memory: () => import('./memory.ts'),
  resume: () => import('./resume.ts'),
  // With `--clients 500` for a smaller machine.
  jitter: () => import('./jitter.ts'),
  avalanche: () => import('./avalanche.ts'),
  // With `--workers 1,2,4`: what the gateway itself takes, with so many workers.
  latency: () => import('./latency.ts'),
  // With `--beside FOLDER`, where another version is installed.
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
