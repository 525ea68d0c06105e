/** `npm run bench -- <name>`: measures against peers in the same run and prints ratios. Not a test: machines are noisy. */
const BENCHES: Record<string, () => Promise<{ main: () => Promise<void> }>> = {
  ingest: () => import('./ingest.ts'),
  query: () => import('./query.ts'),
  'fan-out': () => import('./fan-out.ts'),
  memory: () => import('./memory.ts'),
  resume: () => import('./resume.ts'),
  latency: () => import('./latency.ts'),
};

const name = process.argv[2] ?? '';
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (load) {
  await (await load()).main();
} else {
  console.error(`Which one? npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 1;
}
