import type { Reader } from './reader.ts';
import type { WriteQueue } from './write-queue.ts';

/** How often the file is asked whether another process wrote to it, in milliseconds. */
const POLL = 1_000;

/** Those who are told when the head may have moved. The file is looked at while there are any. */
export class Watchers {
  readonly #reader: Reader;
  readonly #shared: WriteQueue | null;
  readonly #listeners = new Set<() => void>();
  #poll: NodeJS.Timeout | null = null;
  #dataVersion: number;

  /** @param shared - tells of what others commit who share the writer; null where nobody does. */
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
    // If the writer has died meanwhile, another one has to be told that there is somebody to wake.
    this.#shared?.open();
    try {
      const version = Number(this.#reader.snapshot(() => this.#reader.one('PRAGMA data_version')));
      if (version === this.#dataVersion) return;
      this.#dataVersion = version;
    } catch {
      // The reader is told if the file can't be read; here it is only a reason to let them try.
    }
    this.moved();
  }
}
