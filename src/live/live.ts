import type { Cursor } from '../events/cursor.ts';
import type { EventLog } from '../events/event-log.ts';
import type { EventFilter } from '../events/filter.ts';
import { type Message, follow } from './follow.ts';
import { Tail } from './tail.ts';

/** Everything that is live in this process: its tail, and the subscribers that follow it. */
export class Live {
  readonly #log: EventLog;
  readonly #tail: Tail;
  readonly #report: (cause: unknown) => void;
  readonly #subscribers = new Set<AbortController>();

  /** @param report told what is wrong with the log while it can't be read. */
  constructor(log: EventLog, report: (cause: unknown) => void) {
    this.#log = log;
    this.#report = report;
    this.#tail = new Tail(log);
  }

  /** Subscribers at this moment. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** The messages of one subscriber: from after the cursor, or from now on when it is null. Ends by `return()`. */
  subscribe(after: Cursor | null, filter: EventFilter): AsyncIterableIterator<Message, void> {
    const end = new AbortController();
    const messages = follow({
      log: this.#log,
      tail: this.#tail,
      after,
      filter,
      signal: end.signal,
      report: this.#report,
    });
    const leave = () => {
      this.#subscribers.delete(end);
      end.abort();
    };
    this.#subscribers.add(end);
    return {
      async next() {
        try {
          const result = await messages.next();
          if (result.done) leave();
          return result;
        } catch (error) {
          leave();
          throw error;
        }
      },
      // A generator that waits for the head would keep its `return()` waiting too, until the next event: wake it first.
      async return() {
        leave();
        return messages.return();
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Ends every subscriber after the message that it is at. */
  close(): void {
    for (const end of this.#subscribers) end.abort();
    this.#subscribers.clear();
    this.#tail.close();
  }
}
