import { type ChildProcess, fork } from 'node:child_process';
import type { Name } from './servers.ts';

/** How a server's clients are told apart: by the protocol that they speak. */
export type Kind = 'gateway' | 'bare ws' | 'socket.io';

export type LinkOrder =
  | { readonly do: 'open'; readonly kind: Kind; readonly url: string; readonly token: string; readonly count: number }
  /** From now on each is cut about so often, for so long, in milliseconds. */
  | { readonly do: 'jitter'; readonly every: number; readonly gap: number }
  /** All of them are cut, until they come back. */
  | { readonly do: 'cut' | 'comeBack' }
  /** So many messages were sent, numbered from 0: waits until everybody has them, or nothing comes any more. */
  | { readonly do: 'settle'; readonly messages: number };

export interface Outcome {
  /** Of the messages that were sent, over all clients. */
  readonly delivered: number;
  readonly lost: number;
  readonly twice: number;
  readonly cuts: number;
  /** Milliseconds from a client's network being back until it had each message that it had missed. */
  readonly replays: readonly number[];
  /** Milliseconds until the last client was connected again, and until the last missed message had come. */
  readonly connected: number;
  readonly whole: number;
}

/** What is compared, each with the protocol of its clients and its settings. */
export const FIELD: readonly {
  readonly label: string;
  readonly name: Name;
  readonly kind: Kind;
  readonly env?: object;
}[] = [
  { label: 'gateway', name: 'gateway', kind: 'gateway' },
  { label: 'Socket.IO', name: 'socket.io', kind: 'socket.io' },
  { label: 'Socket.IO, recovery', name: 'socket.io', kind: 'socket.io', env: { BENCH_RECOVERY: '1' } },
  { label: 'bare ws', name: 'bare ws', kind: 'bare ws' },
];

/** Many clients whose TCP connections are cut, in a process of their own. */
export class Links {
  readonly #child: ChildProcess = fork(new URL('./links.child.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

  ask(order: LinkOrder): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('the clients ended'));
      this.#child.once('exit', ended);
      this.#child.once('message', (answer) => {
        this.#child.off('exit', ended);
        resolve(answer as Outcome);
      });
      this.#child.send(order);
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

/** The number behind an option, as in `--clients 500`. */
export function numberOf(options: readonly string[], name: string, otherwise: number): number {
  const at = options.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(options[at + 1]);
}

export function described({ delivered, lost, twice, replays }: Outcome): string {
  const sorted = replays.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted.length === 0
      ? '–'
      : `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!)} ms`;
  const percent = ((100 * delivered) / (delivered + lost)).toFixed(2);
  return `${percent} % delivered, ${lost} lost, ${twice} twice; replay p50 ${at(0.5)}, p99 ${at(0.99)}`;
}
