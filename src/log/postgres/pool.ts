import { HookcastError } from '../../errors.ts';
import type { Connection } from './connection.ts';
import type { Primary } from './primary.ts';

/** How long a connection is kept that nobody uses, in milliseconds. Firewalls forget idle ones without a word. */
const IDLE = 30_000;
/** How long somebody waits for a connection, in milliseconds. */
const PATIENCE = 5_000;

interface Waiting {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Connections to the primary, made when they are needed and ended when they are not. */
export class Pool {
  readonly #primary: Primary;
  readonly #most: number;
  readonly #idle: { readonly connection: Connection; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #drained: (() => void)[] = [];
  /** Connections in use, and those being opened. */
  #lent = 0;
  #opening = 0;
  #closed = false;

  constructor(primary: Primary, most: number) {
    this.#primary = primary;
    this.#most = most;
  }

  /** Lends a connection for a piece of work. @throws {Error} what went wrong, when there is none to be had. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    try {
      return await work(connection);
    } finally {
      this.#give(connection);
    }
  }

  /** Waits for what is under way, and ends all. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) this.#turnAway(waiting, closed());
    for (const { connection, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      connection.destroy();
    }
    if (this.#lent + this.#opening > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  async #take(): Promise<Connection> {
    if (this.#closed) throw closed();
    // The one used last is the one most likely to be alive.
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (!idle.connection.isOpen) continue;
      this.#lent += 1;
      return idle.connection;
    }
    if (this.#lent + this.#opening >= this.#most) return this.#wait();
    this.#opening += 1;
    try {
      const connection = await this.#primary.connect();
      this.#opening -= 1;
      this.#lent += 1;
      return connection;
    } catch (error) {
      this.#opening -= 1;
      // The server may just have no more to give than there are.
      if (this.#lent > 0) return this.#wait();
      this.#placeIsFree();
      throw error;
    }
  }

  #wait(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new Error(`every connection was busy for ${PATIENCE} ms`));
      }, PATIENCE);
      const waiting = { resolve, reject, timer };
      this.#waiting.push(waiting);
    });
  }

  #give(connection: Connection): void {
    if (!connection.isOpen) {
      this.#lent -= 1;
      return this.#placeIsFree();
    }
    const waiting = this.#waiting.shift();
    if (waiting) {
      clearTimeout(waiting.timer);
      waiting.resolve(connection);
      return;
    }
    this.#lent -= 1;
    if (this.#closed) connection.destroy();
    else {
      const timer = setTimeout(() => connection.destroy(), IDLE).unref();
      this.#idle.push({ connection, timer });
    }
    this.#settle();
  }

  /** Whoever waits next may open a connection in it. */
  #placeIsFree(): void {
    const waiting = this.#waiting.shift();
    if (waiting) {
      clearTimeout(waiting.timer);
      this.#take().then(waiting.resolve, waiting.reject);
    }
    this.#settle();
  }

  #turnAway(waiting: Waiting, error: Error): void {
    clearTimeout(waiting.timer);
    waiting.reject(error);
  }

  #settle(): void {
    if (this.#lent + this.#opening > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

function closed(): HookcastError {
  return new HookcastError('LOG_UNAVAILABLE', 'The log is closed.');
}
