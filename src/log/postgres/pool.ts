import { setTimeout as pause } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { Connection } from './connection.ts';
import type { Primary } from './primary.ts';
import { isFull, isSilent } from './refusal.ts';

/** How long an idle connection is kept, in milliseconds. */
const IDLE = 30_000;
/** How long a caller waits for a connection, in milliseconds. */
const PATIENCE = 5_000;

/** How long the pool opens no connection after it has given one up, in milliseconds. */
const REST = 1_000;
/** How often, and after how many milliseconds, the pool tries again if the server has no more connections to give. */
const AGAIN = { most: 10, after: 100 };

interface Waiting {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
}

export interface PoolOptions {
  /** The most connections at once. */
  readonly most: number;
  /** Whether idle connections are kept for good. */
  readonly isKept?: boolean;
  /** Called when the server seems to have no more connections and this pool has none in use, so that another part gives one up. Returns whether it did. */
  readonly onFull?: () => boolean;
}

/** Connections to the primary, made when they are needed and ended when they are not. */
export class Pool {
  readonly #primary: Primary;
  readonly #options: PoolOptions;
  readonly #idle: { readonly connection: Connection; readonly timer: NodeJS.Timeout | null }[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #drained: (() => void)[] = [];
  /** Connections in use, and those being opened. */
  #lent = 0;
  #opening = 0;
  #closed = false;
  /** How many connections must be ended when they come back, and until when none is opened in their place. */
  #owed = 0;
  #restsUntil = 0;

  constructor(primary: Primary, options: PoolOptions) {
    this.#primary = primary;
    this.#options = options;
  }

  /** Lends a connection for a piece of work. @throws {Error} if no connection can be had, with the reason. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    try {
      return await work(connection);
    } finally {
      this.#give(connection);
    }
  }

  /**
   * Ends one connection, so that another part can have one: at once if it is idle, otherwise when it comes back. Returns whether there
   * is one.
   */
  spare(): boolean {
    const idle = this.#idle.shift();
    if (!idle && this.#lent <= this.#owed) return false;
    if (idle) {
      clearTimeout(idle.timer ?? undefined);
      idle.connection.destroy();
    } else this.#owed += 1;
    this.#rest();
    return true;
  }

  /** Waits for the work under way, and ends all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) this.#turnAway(waiting, closed());
    for (const { connection, timer } of this.#idle.splice(0)) {
      clearTimeout(timer ?? undefined);
      connection.destroy();
    }
    if (this.#lent + this.#opening > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  async #take(): Promise<Connection> {
    if (this.#closed) throw closed();
    // The connection that was used last is the most likely to be alive.
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer ?? undefined);
      if (!idle.connection.isOpen) continue;
      this.#lent += 1;
      return idle.connection;
    }
    // Whichever comes first is taken: a connection that comes back, or a new one. A pooler that has no more to give lets us wait.
    const taken = this.#wait();
    this.#openAsNeeded();
    return taken;
  }

  /** Opens a connection for each caller that waits, as far as there is room. */
  #openAsNeeded(): void {
    if (this.#closed || performance.now() < this.#restsUntil) return;
    const room = this.#options.most - this.#lent - this.#opening;
    const needed = this.#waiting.length - this.#opening;
    for (let count = 0; count < Math.min(room, needed); count += 1) void this.#openOne();
  }

  async #openOne(): Promise<void> {
    this.#opening += 1;
    let opened: Connection | null = null;
    try {
      opened = await this.#open();
    } catch (error) {
      // The server may have no more connections to give than this pool already has. Those come back. And what another opening
      // gets serves all callers: one of them may wait for the connection that was given up for it.
      if (this.#lent > 0 || this.#opening > 1) this.#rest();
      else for (const waiting of this.#waiting.splice(0)) this.#turnAway(waiting, error);
    }
    this.#opening -= 1;
    if (!opened) return this.#placeIsFree();
    this.#lent += 1;
    this.#give(opened);
  }

  async #open(): Promise<Connection> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#primary.connect();
      } catch (error) {
        if (this.#lent > 0) throw error;
        const isGivenUp = attempt === 0 && (isFull(error) || isSilent(error)) && this.#options.onFull?.() === true;
        if ((!isFull(error) && !isGivenUp) || attempt === AGAIN.most) throw error;
        // The server needs a moment to notice that a connection has ended: one just given up, or one from the start.
        await pause(AGAIN.after);
      }
    }
  }

  /** Opens no connection for a while. */
  #rest(): void {
    this.#restsUntil = performance.now() + REST;
    setTimeout(() => this.#placeIsFree(), REST).unref();
  }

  #wait(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const late = () => {
        // An opening has a time limit of its own.
        if (this.#opening > 0 && this.#lent === 0) {
          waiting.timer = setTimeout(late, PATIENCE);
          return;
        }
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new Error(`every connection was busy for ${PATIENCE} ms`));
      };
      const waiting: Waiting = { resolve, reject, timer: setTimeout(late, PATIENCE) };
      this.#waiting.push(waiting);
    });
  }

  #give(connection: Connection): void {
    if (this.#owed > 0) {
      this.#owed -= 1;
      connection.destroy();
    }
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
      const timer = this.#options.isKept ? null : setTimeout(() => connection.destroy(), IDLE).unref();
      this.#idle.push({ connection, timer });
    }
    this.#settle();
  }

  /** A connection has ended: another may be opened for the callers that wait. */
  #placeIsFree(): void {
    this.#openAsNeeded();
    this.#settle();
  }

  #turnAway(waiting: Waiting, error: unknown): void {
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
