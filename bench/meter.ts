import { BroadcastChannel } from 'node:worker_threads';

/** What a process has used so far. `cpu` is in microseconds, the others in bytes. */
export interface Usage {
  readonly cpu: number;
  /** V8's heap, and memory outside that V8 knows of. */
  readonly heap: number;
  readonly rss: number;
}

/** `collected` collects garbage first, which itself takes CPU. */
export type Question = 'usage' | 'collected';

/** What one thread of a gateway has done so far (threads.ts). */
export interface Seen {
  readonly thread: number;
  readonly isMain: boolean;
  /** The times of the last commit and of the last write to a socket, in milliseconds; 0 is never. */
  readonly committed: number;
  readonly written: number;
  /** Writes to sockets. */
  readonly writes: number;
  /** Microseconds. */
  readonly cpu: number;
}

/** Asks the threads, and waits for one that writes the log and `servers` threads that write to sockets. */
export interface Look {
  readonly servers: number;
}

/** The channel on which threads are asked. */
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

/** Whether this is the thread that writes the log. Threads that serve also commit, at the end of a read. */
export function isWriter({ isMain, committed, writes }: Seen): boolean {
  return !isMain && writes === 0 && committed > 0;
}
