import { setTimeout } from 'node:timers/promises';

/** Whoever stays for long: a WebSocket, an event stream. */
export interface Guest {
  /** It has to go now, and is to come back. */
  leave(): void;
}

/** How a gateway takes its leave: it says so first, and then sends its guests away one after the other. */
export class Drain {
  readonly #guests = new Set<Guest>();
  #phase: 'serving' | 'announced' | 'leaving' = 'serving';

  /** Whether nobody should be sent here any more. Whoever comes is still served. */
  get isAnnounced(): boolean {
    return this.#phase !== 'serving';
  }

  /** Whether guests are being sent away, and whoever comes as well. */
  get isLeaving(): boolean {
    return this.#phase === 'leaving';
  }

  /**
   * A WebSocket that comes while others are sent away is let in and told the same. To be refused would be the end for a
   * stock graphql-ws client: it comes back after a close, and gives up after a handshake that failed.
   */
  add(guest: Guest): void {
    this.#guests.add(guest);
    if (this.isLeaving) guest.leave();
  }

  delete(guest: Guest): void {
    this.#guests.delete(guest);
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
    const guests = [...this.#guests];
    const began = performance.now();
    for (const [index, guest] of guests.entries()) {
      const wait = began + (spread * index) / guests.length - performance.now();
      if (wait >= 1) await setTimeout(wait);
      if (this.#guests.has(guest)) guest.leave();
    }
  }
}

/** Waits for it, but no longer than that; then whoever is told goes on without it. */
export async function within(milliseconds: number, work: Promise<unknown>, late: () => void): Promise<void> {
  const over = new AbortController();
  const timer = setTimeout(milliseconds, true, { signal: over.signal }).catch(() => false);
  if (await Promise.race([work.then(() => false), timer])) late();
  over.abort();
}
