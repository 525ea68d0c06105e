import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

export type Order =
  | {
      readonly do: 'open';
      readonly count: number;
      readonly atOnce: number;
      readonly url: string;
      /** Subscribers use these tokens in turn. */
      readonly tokens: readonly string[];
      readonly query: string;
      readonly variables: Record<string, unknown>;
      readonly look: 'nothing' | 'order' | 'latency';
      /** Whether it is a plain WebSocket without GraphQL. */
      readonly plain: boolean;
      /** The form of a stream over HTTP (streams.ts). */
      readonly form?: string;
    }
  | {
      /** Opens lists of `hookcast/list`, each with its own client of graphql-ws, as pages do that are loaded again. */
      readonly do: 'list';
      readonly count: number;
      readonly url: string;
      /** One token for each list. */
      readonly tokens: readonly string[];
      readonly row: string;
      /** The cursor that each list has kept. */
      readonly after: string;
    }
  | { readonly do: 'count'; readonly latencies?: boolean }
  | { readonly do: 'reset' | 'close' }
  | { readonly do: 'pause' | 'resume'; readonly count: number };

export interface Answer {
  readonly received: number;
  readonly bytes: number;
  /** How many subscribers are live. Peers don't report this. */
  readonly ready: number;
  /** With `look: 'order'`, messages that were not the next for their subscriber. */
  readonly misplaced: number;
  readonly latencies: readonly number[];
}

/** After how many milliseconds without a message the wait fails. */
const PATIENCE = 30_000;

/** Many subscribers in their own process, so that they use another core. */
export class Crowd {
  readonly #child: ChildProcess;

  /** @param program the module that the subscribers' process runs. */
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

  /** Waits until the counts satisfy the condition. */
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

  /** Stops the process, so that it reads nothing and uses no CPU until it is woken. Its messages wait in the kernel. */
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
