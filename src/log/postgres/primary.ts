import { Connection, type ConnectionOptions } from './connection.ts';
import type { Host } from './encryption.ts';
import { reasonOf } from './refusal.ts';
import type { Target } from './target.ts';

/** Finds the primary among the hosts. All connections of a log share the finding. */
export class Primary {
  readonly #target: Target;
  /** The host that was the primary the last time. */
  #last: Host | null = null;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Connects to the primary, and tries the last known one first. @throws {AggregateError} with the error of each host. */
  async connect(options?: ConnectionOptions): Promise<Connection> {
    const { hosts } = this.#target;
    const inTurn = this.#last ? [this.#last, ...hosts.filter((host) => host !== this.#last)] : hosts;
    const errors: unknown[] = [];
    for (const host of inTurn) {
      try {
        const connection = await Connection.open(this.#target, host, options);
        this.#last = host;
        return connection;
      } catch (error) {
        errors.push(error);
      }
    }
    const reasons = errors.map((error, index) => `${inTurn[index]?.name}:${inTurn[index]?.port} ${reasonOf(error)}`);
    throw new AggregateError(errors, reasons.join('; '));
  }
}
