/** What a process has used so far: microseconds of CPU, and bytes. */
export interface Usage {
  readonly cpu: number;
  /** V8's, and what it knows of outside. */
  readonly heap: number;
  readonly rss: number;
}

/** `collected` is with the rubbish taken away first, which takes CPU itself. */
export type Question = 'usage' | 'collected';

const collect = (globalThis as { gc?: () => void }).gc;

/** Answers the benchmark that started this process, and ends with it. */
export function meter(): void {
  process.on('message', (question: Question) => {
    if (question === 'collected') for (let time = 0; time < 2; time += 1) collect?.();
    const { user, system } = process.cpuUsage();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ cpu: user + system, heap: heapUsed + external, rss } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
}
