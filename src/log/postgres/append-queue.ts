import type { Commits } from '../../events/observer.ts';
import type { Appended } from '../../events/event-log.ts';

interface Waiting {
  /** The records, each as JSON. */
  readonly records: readonly string[];
  readonly size: number;
  readonly settle: (answer: readonly Appended[]) => void;
  readonly fail: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** The most events in one transaction, and the most characters: enough to share the commit, few enough that nobody waits long. */
const MOST = { records: 512, size: 2 * 1024 * 1024 };
/** How long an append waits for its commit, in milliseconds. Wix hangs up after 1,250. */
export const ANSWER_WITHIN = 1_000;

/**
 * Merges the appends that wait into one transaction, one transaction at a time (group commit). No append waits for others: those that
 * arrive during one commit are in the next. An append that waits too long fails. Its commit may still come; then the sender's retry is
 * a duplicate.
 */
export class AppendQueue {
  readonly #send: (records: readonly string[]) => Promise<readonly Appended[]>;
  readonly #commits: Commits | null;
  #waiting: Waiting[] = [];
  #sending: Promise<void> | null = null;

  constructor(send: (records: readonly string[]) => Promise<readonly Appended[]>, commits: Commits | null = null) {
    this.#send = send;
    this.#commits = commits;
  }

  append(records: readonly string[]): Promise<readonly Appended[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(new Error(`no commit within ${ANSWER_WITHIN} ms`));
      }, ANSWER_WITHIN);
      const size = records.reduce((sum, { length }) => sum + length, 0);
      const waiting: Waiting = { records, size, settle: resolve, fail: reject, timer };
      this.#waiting.push(waiting);
      this.#sending ??= this.#sendAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    // Waiting for the end of the turn puts deliveries that arrived in one read of the sockets into one commit.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      let from = 0;
      try {
        const began = performance.now();
        const answer = await this.#send(batch.flatMap(({ records }) => records));
        this.#commits?.onCommit(answer.length, (performance.now() - began) / 1000);
        for (const { records, settle } of batch) settle(answer.slice(from, (from += records.length)));
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
      for (const { timer } of batch) clearTimeout(timer);
    }
    this.#sending = null;
  }

  #next(): readonly Waiting[] {
    let [count, characters] = [0, 0];
    const end = this.#waiting.findIndex(({ records, size }, index) => {
      count += records.length;
      characters += size;
      return index > 0 && (count > MOST.records || characters > MOST.size);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}
