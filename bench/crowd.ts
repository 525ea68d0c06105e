import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

export type Order =
  | {
      readonly do: 'open';
      readonly count: number;
      readonly atOnce: number;
      readonly url: string;
      /** One for each subscriber in turn. */
      readonly tokens: readonly string[];
      readonly query: string;
      readonly variables: Record<string, unknown>;
      readonly look: 'nothing' | 'order' | 'latency';
      /** Not GraphQL: a WebSocket, and that is all. */
      readonly plain: boolean;
      /** Of a stream over HTTP (streams.ts). */
      readonly form?: string;
    }
  | {
      /** By lists of `hookcast/list`, each with a client of graphql-ws, as pages have them that are loaded again. */
      readonly do: 'list';
      readonly count: number;
      readonly url: string;
      /** One for each. */
      readonly tokens: readonly string[];
      readonly row: string;
      /** The cursor that each has kept. */
      readonly after: string;
    }
  | { readonly do: 'count'; readonly latencies?: boolean }
  | { readonly do: 'reset' | 'close' }
  | { readonly do: 'pause' | 'resume'; readonly count: number };

export interface Answer {
  readonly received: number;
  readonly bytes: number;
  /** How many are live. Peers don't say so. */
  readonly ready: number;
  /** Messages that were not the next of their subscriber. */
  readonly misplaced: number;
  readonly latencies: readonly number[];
}

/** How long nothing may come before it is given up, in milliseconds. */
const PATIENCE = 30_000;

/** Many subscribers, in a process of their own so that theirs is another core. */
export class Crowd {
  readonly #child: ChildProcess;

  /** @param program what the subscribers run. */
  constructor(program = './crowd.child.ts') {
    this.#child = fork(new URL(program, import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  open(
    url: string,
    count: number,
    options: Partial<Omit<Extract<Order, { do: 'open' }>, 'do' | 'url' | 'count'>> = {},
  ): Promise<Answer> {
    const defaults = { atOnce: 200, tokens: [], query: '', variables: {}, look: 'nothing', plain: false } as const;
    return this.ask({ do: 'open', url, count, ...defaults, ...options });
  }

  async ask(order: Order): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#child.once('message', resolve as (answer: unknown) => void);
      this.#child.once('exit', () => reject(new Error('the subscribers ended')));
    });
    this.#child.send(order);
    const answered = await answer;
    this.#child.removeAllListeners('exit');
    return answered;
  }

  /** Waits until what has come satisfies the condition. */
  async until(condition: (answer: Answer) => boolean, interval = 5): Promise<Answer> {
    let before = -1;
    let since = performance.now();
    for (;;) {
      const answer = await this.ask({ do: 'count' });
      if (condition(answer)) return answer;
      if (answer.received + answer.ready !== before) since = performance.now();
      before = answer.received + answer.ready;
      if (performance.now() - since > PATIENCE) throw new Error(`nothing comes any more: ${JSON.stringify(answer)}`);
      await setTimeout(interval);
    }
  }

  /** Has it read nothing, and use no CPU, until it is woken. What it is sent waits in the kernel. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}
