import { BroadcastChannel } from 'node:worker_threads';

/** What a process has used so far: microseconds of CPU, and bytes. */
export interface Usage {
  readonly cpu: number;
  /** V8's, and what it knows of outside. */
  readonly heap: number;
  readonly rss: number;
}

/** `collected` is with the rubbish taken away first, which takes CPU itself. */
export type Question = 'usage' | 'collected';

/** What one thread of a gateway has seen so far (threads.ts). */
export interface Seen {
  readonly thread: number;
  readonly isMain: boolean;
  /** When the last commit was, and the last write to a socket, in milliseconds; 0 is never. */
  readonly committed: number;
  readonly written: number;
  /** Writes to sockets. */
  readonly writes: number;
  /** Microseconds. */
  readonly cpu: number;
}

/** What the threads have seen: of one that writes the log, and so many that write to sockets. */
export interface Look {
  readonly servers: number;
}

/** What threads are asked over. */
export const CHANNEL = 'hookcast bench';

const collect = (globalThis as { gc?: () => void }).gc;

/** Answers the benchmark that started this process, and ends with it. */
export function meter(): void {
  process.on('message', (question: Question | Look) => {
    if (typeof question === 'object') return void look(question.servers).then((seen) => process.send?.(seen));
    if (question === 'collected') for (let time = 0; time < 2; time += 1) collect?.();
    const { user, system } = process.cpuUsage();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ cpu: user + system, heap: heapUsed + external, rss } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
}

function look(servers: number): Promise<readonly Seen[]> {
  const channel = new BroadcastChannel(CHANNEL);
  const seen: Seen[] = [];
  return new Promise((resolve) => {
    channel.addEventListener('message', (event) => {
      const { data } = event as unknown as { data: Seen | 'look' };
      if (data === 'look') return;
      seen.push(data);
      if (seen.filter(({ writes }) => writes > 0).length < servers || !seen.some(isWriter)) return;
      channel.close();
      resolve(seen);
    });
    channel.postMessage('look');
  });
}

/** Whether it is the thread that commits. Those that serve end their reading with a commit as well. */
export function isWriter({ isMain, committed, writes }: Seen): boolean {
  return !isMain && writes === 0 && committed > 0;
}
