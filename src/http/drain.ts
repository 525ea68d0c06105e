import { setTimeout } from 'node:timers/promises';

/** A connection that lasts, such as a WebSocket or an event stream. */
export interface Drainable {
  /** Ends the connection, and tells the client to come back. */
  leave(): void;
}

/** The state of a gateway that drains: it first announces that it will end, and then sends its streams away one after the other. */
export class Drain {
  readonly #streams = new Set<Drainable>();
  #phase: 'serving' | 'announced' | 'leaving' = 'serving';

  /** Whether load balancers should stop sending clients here. Clients that come are still served. */
  get isAnnounced(): boolean {
    return this.#phase !== 'serving';
  }

  /** Whether the streams are being sent away, and new ones as well. */
  get isLeaving(): boolean {
    return this.#phase === 'leaving';
  }

  /**
   * Adds a stream. If a WebSocket comes while others are sent away, it is let in and then sent away as well. A stock graphql-ws
   * client comes back after a close, but gives up after a refused handshake.
   */
  add(stream: Drainable): void {
    this.#streams.add(stream);
    if (this.isLeaving) stream.leave();
  }

  delete(stream: Drainable): void {
    this.#streams.delete(stream);
  }

  announce(): void {
    if (this.#phase === 'serving') this.#phase = 'announced';
  }

  /**
   * Resolves when every stream has been told.
   *
   * @param spread over how many milliseconds: thousands that are told at the same moment come back at the same moment.
   */
  async dismiss(spread: number): Promise<void> {
    this.#phase = 'leaving';
    const streams = [...this.#streams];
    const began = performance.now();
    for (const [index, stream] of streams.entries()) {
      const wait = began + (spread * index) / streams.length - performance.now();
      if (wait >= 1) await setTimeout(wait);
      if (this.#streams.has(stream)) stream.leave();
    }
  }
}

/** Waits for the work, but no longer than `milliseconds`. Then it calls `late`, and the caller goes on without the work. */
export async function within(milliseconds: number, work: Promise<unknown>, late: () => void): Promise<void> {
  const over = new AbortController();
  const timer = setTimeout(milliseconds, true, { signal: over.signal }).catch(() => false);
  if (await Promise.race([work.then(() => false), timer])) late();
  over.abort();
}
