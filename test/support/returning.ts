import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { atEnd } from './ending.ts';
import { type Providers, readAll } from './providers.ts';
import { EVENTS, Subscriber } from './subscriber.ts';

/** Somebody who comes back with the cursor, as clients do. */
export class Returning {
  readonly seen: string[] = [];
  gaps = 0;
  #at: Subscriber;
  readonly #url: () => string;
  readonly #token: string;
  readonly #done: Promise<void>;
  #stopped = false;

  private constructor(at: Subscriber, url: () => string, token: string) {
    this.#at = at;
    this.#url = url;
    this.#token = token;
    this.#done = this.#comeBack();
    // Or it would come back for ever, where a test has failed.
    atEnd(() => void (this.#stopped = true));
  }

  /** @param url of the WebSocket, where it is just now. */
  static async begin(url: () => string, token: string): Promise<Returning> {
    const first = new Subscriber(url(), `Bearer ${token}`, EVENTS, {});
    await first.caughtUp();
    return new Returning(first, url, token);
  }

  /** All that it was given until this event came. */
  async until(last: string): Promise<readonly string[]> {
    await expect.poll(() => [...this.seen, ...this.#at.eventIds].at(-1)).toBe(last);
    this.#stopped = true;
    await this.#at.stop();
    await this.#done;
    return this.seen;
  }

  async #comeBack(): Promise<void> {
    let cursor: string | null = null;
    for (;;) {
      await this.#at.closed;
      this.seen.push(...this.#at.eventIds);
      this.gaps += this.#at.messages.filter(({ __typename }) => __typename === 'Gap').length;
      cursor = this.#at.lastCursor || cursor;
      if (this.#stopped) return;
      // There may be no server just now.
      await setTimeout(20);
      this.#at = new Subscriber(this.#url(), `Bearer ${this.#token}`, EVENTS, { after: cursor });
    }
  }
}

/** Checks that a client that came back has each event once, in the log's order, from its beginning. */
export async function expectEachOnce(
  url: string,
  providers: Providers,
  clients: readonly Returning[],
  before = 0,
): Promise<void> {
  const logged = await readAll(url);
  expect(logged.slice(before).toSorted()).toEqual([...providers.acknowledged].toSorted());
  for (const client of clients) {
    const seen = await client.until(logged.at(-1)!);
    expect(seen).toEqual(logged.slice(-seen.length));
    expect(client.gaps).toBe(0);
  }
}
