import { HookcastError } from '../errors.ts';
import type { Paused, PausedRecord } from '../events/paused.ts';

/**
 * The paused sources, in memory, so that a delivery needs no read of the log. They are read again when `Tokens` finds a change,
 * which takes up to a second.
 */
export class Pauses {
  readonly #record: PausedRecord;
  #paused: ReadonlyMap<string, Paused> = new Map();

  constructor(record: PausedRecord) {
    this.#record = record;
  }

  /** Reads the paused sources from the log. */
  async look(): Promise<void> {
    this.#paused = new Map((await this.#record.list()).map((paused) => [paused.source, paused]));
  }

  /** @throws {HookcastError} SOURCE_PAUSED. The sender must try again, until the pause is over. */
  assertRunning(source: string): void {
    if (!this.#paused.has(source)) return;
    throw new HookcastError(
      'SOURCE_PAUSED',
      'The operator of the gateway has paused this source. Send this delivery again later.',
    );
  }
}
