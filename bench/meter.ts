/** What a process has used so far: microseconds of CPU, and bytes after its rubbish was collected. */
export interface Usage {
  readonly cpu: number;
  readonly heap: number;
  readonly rss: number;
}

const collect = (globalThis as { gc?: () => void }).gc;

/** Answers the benchmark that started this process, and ends with it. */
export function meter(): void {
  process.on('message', (question) => {
    if (question !== 'usage') return;
    const { user, system } = process.cpuUsage();
    collect?.();
    collect?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ cpu: user + system, heap: heapUsed + external, rss } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
}
