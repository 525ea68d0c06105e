import type { Appended } from '../../events/event-log.ts';
import type { Row } from '../row.ts';

interface Waiting {
  readonly rows: readonly Row[];
  readonly settle: (answer: readonly Appended[]) => void;
  readonly fail: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Rows in one transaction. Enough to share the commit, few enough that a neighbour never waits long. */
const MOST_ROWS = 512;
/** How long an append waits for its commit, in milliseconds. Wix hangs up after 1,250. */
const PATIENCE = 1_000;

/**
 * Merges the appends that wait into one transaction, one at a time (group commit): nobody waits for company, since
 * whatever arrives during one commit is the next. Who has waited for too long is told so, and the commit that may still
 * come is a duplicate's first half.
 */
export class AppendQueue {
  readonly #send: (rows: readonly Row[]) => Promise<readonly Appended[]>;
  #waiting: Waiting[] = [];
  #sending: Promise<void> | null = null;

  constructor(send: (rows: readonly Row[]) => Promise<readonly Appended[]>) {
    this.#send = send;
  }

  append(rows: readonly Row[]): Promise<readonly Appended[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(new Error(`no commit within ${PATIENCE} ms`));
      }, PATIENCE);
      const waiting: Waiting = { rows, settle: resolve, fail: reject, timer };
      this.#waiting.push(waiting);
      this.#sending ??= this.#sendAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    // At the end of the turn, so that deliveries that arrived in one read of the sockets go in one commit.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      let from = 0;
      try {
        const answer = await this.#send(batch.flatMap(({ rows }) => rows));
        for (const { rows, settle } of batch) settle(answer.slice(from, (from += rows.length)));
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
      for (const { timer } of batch) clearTimeout(timer);
    }
    this.#sending = null;
  }

  #next(): readonly Waiting[] {
    let count = 0;
    const end = this.#waiting.findIndex(({ rows }, index) => (count += rows.length) > MOST_ROWS && index > 0);
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}
