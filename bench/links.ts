import { type ChildProcess, fork } from 'node:child_process';
import type { Name } from './servers.ts';

/** The protocol that a server's clients speak. */
export type Kind = 'gateway' | 'bare ws' | 'socket.io';

export type LinkOrder =
  | { readonly do: 'open'; readonly kind: Kind; readonly url: string; readonly token: string; readonly count: number }
  /** From now on each client is cut about every `every` milliseconds, for `gap` milliseconds. */
  | { readonly do: 'jitter'; readonly every: number; readonly gap: number }
  /** `cut` cuts all clients. `comeBack` connects them again. */
  | { readonly do: 'cut' | 'comeBack' }
  /** Waits until every client has this number of messages (numbered from 0), or nothing comes any more. */
  | { readonly do: 'settle'; readonly messages: number };

export interface Outcome {
  /** Messages that arrived, summed over all clients. `lost` and `twice` are summed alike. */
  readonly delivered: number;
  readonly lost: number;
  readonly twice: number;
  readonly cuts: number;
  /** For each missed message: milliseconds from the return of the client's network to the message. */
  readonly replays: readonly number[];
  /** Milliseconds until the last client was connected again, and until the last missed message came. */
  readonly connected: number;
  readonly whole: number;
}

/** The servers that are compared, each with its settings and the protocol of its clients. */
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

/** Many clients whose TCP connections are cut, in their own process. */
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
