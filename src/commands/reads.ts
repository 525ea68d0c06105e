import type { Noted } from './note.ts';

/** After this many more events, reading is noted again. */
const MANY = 10_000;

export interface Read extends Noted {
  readonly count: number;
}

/**
 * Counts the personal data that a command has read. The first read is noted at once, so that the audit knows of it even if the
 * command is killed. Further reads are noted as sums: otherwise an export would add a line to the audit for each page.
 */
export class Reads {
  readonly #note: (read: Read) => Promise<void>;
  readonly #waiting = new Map<string, Read>();

  constructor(note: (read: Read) => Promise<void>) {
    this.#note = note;
  }

  async add(read: Read): Promise<void> {
    const key = JSON.stringify([read.action, read.target]);
    const waiting = this.#waiting.get(key);
    const count = (waiting?.count ?? 0) + read.count;
    const isDue = !waiting || count >= MANY;
    this.#waiting.set(key, { ...read, count: isDue ? 0 : count });
    if (isDue) await this.#note({ ...read, count });
  }

  /** Notes the rest. */
  async end(): Promise<void> {
    for (const read of this.#waiting.values()) if (read.count > 0) await this.#note(read);
    this.#waiting.clear();
  }
}
