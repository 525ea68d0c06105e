import { randomUUID } from 'node:crypto';
import { type Cursor, encodeCursor } from '../../events/cursor.ts';
import { Listener } from './listener.ts';
import type { Primary } from './primary.ts';

/** Listeners that are called when the head may have moved. A connection listens while there are any. */
export class Watchers {
  /** Signs this process's notifications, so that they don't wake the process itself. */
  readonly sender = randomUUID();
  readonly #primary: Primary;
  readonly #head: () => Promise<Cursor>;
  readonly #listeners = new Set<() => void>();
  #listener: Listener | null = null;
  #isClosed = false;

  constructor(primary: Primary, head: () => Promise<Cursor>) {
    this.#primary = primary;
    this.#head = head;
  }

  watch(listener: () => void): () => void {
    if (this.#isClosed) return () => {};
    this.#listeners.add(listener);
    this.#listener ??= new Listener({
      primary: this.#primary,
      sender: this.sender,
      head: async () => encodeCursor(await this.#head()),
      onMove: () => this.moved(),
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#listener?.stop();
      this.#listener = null;
    };
  }

  moved(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Gives up the listening connection for a while. Returns whether there was one. */
  spare(): boolean {
    return this.#listener?.spare() ?? false;
  }

  close(): void {
    this.#isClosed = true;
    this.#listener?.stop();
    this.#listener = null;
    this.#listeners.clear();
  }
}
