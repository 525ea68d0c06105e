import { setTimeout } from 'node:timers/promises';

/** A connection that stays for long: a WebSocket, an event stream. */
export interface Drainable {
  /** It has to go now, and is to come back. */
  leave(): void;
}

/** How a gateway takes its leave: it says so first, and then sends its streams away one after the other. */
export class Drain {
  readonly #streams = new Set<Drainable>();
  #phase: 'serving' | 'announced' | 'leaving' = 'serving';

  /** Whether load balancers should send nobody here any more. Clients that come are still served. */
  get isAnnounced(): boolean {
    return this.#phase !== 'serving';
  }

  /** Whether the streams are being sent away, and new ones as well. */
  get isLeaving(): boolean {
    return this.#phase === 'leaving';
  }

  /**
   * A WebSocket that comes while others are sent away is let in and told the same. To be refused would be the end for a
   * stock graphql-ws client: it comes back after a close, and gives up after a handshake that failed.
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
   * Resolves when everybody has been told.
   *
   * @param spread over how many milliseconds: thousands that are told in one moment come back in one moment.
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

/** Waits for it, but no longer than that; then the caller goes on without it. */
export async function within(milliseconds: number, work: Promise<unknown>, late: () => void): Promise<void> {
  const over = new AbortController();
  const timer = setTimeout(milliseconds, true, { signal: over.signal }).catch(() => false);
  if (await Promise.race([work.then(() => false), timer])) late();
  over.abort();
}
