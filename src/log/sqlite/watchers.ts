import type { Reader } from './reader.ts';
import type { WriteQueue } from './write-queue.ts';

/** How often watchers check whether another process wrote to the file, in milliseconds. */
const POLL = 1_000;

/** The listeners that are called when the head may have moved. The file is polled while there are any. */
export class Watchers {
  readonly #reader: Reader;
  readonly #shared: WriteQueue | null;
  readonly #listeners = new Set<() => void>();
  #poll: NodeJS.Timeout | null = null;
  #dataVersion: number;

  /** @param shared - reports commits of other gateways that share the writer; null if no gateway shares it. */
  constructor(reader: Reader, shared: WriteQueue | null) {
    this.#reader = reader;
    this.#shared = shared;
    this.#dataVersion = Number(reader.one('PRAGMA data_version'));
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#shared?.open();
    this.#poll ??= setInterval(() => this.#lookForOthers(), POLL).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || !this.#poll) return;
      clearInterval(this.#poll);
      this.#poll = null;
    };
  }

  moved(): void {
    for (const listener of this.#listeners) listener();
  }

  close(): void {
    if (this.#poll) clearInterval(this.#poll);
    this.#poll = null;
    this.#listeners.clear();
  }

  #lookForOthers(): void {
    // If the shared writer has died meanwhile, this connects to a new one, which then reports others' commits.
    this.#shared?.open();
    try {
      const version = Number(this.#reader.snapshot(() => this.#reader.one('PRAGMA data_version')));
      if (version === this.#dataVersion) return;
      this.#dataVersion = version;
    } catch {
      // The listeners then try to read, and get the error themselves.
    }
    this.moved();
  }
}
