import { HookcastError } from '../errors.ts';
import type { Paused, PausedRecord } from '../events/paused.ts';

/**
 * Which sources are paused, as far as the log knows. A delivery costs a look into memory; the log is asked when `Tokens` finds that
 * something has changed, which is within a second.
 */
export class Pauses {
  readonly #record: PausedRecord;
  #paused: ReadonlyMap<string, Paused> = new Map();

  constructor(record: PausedRecord) {
    this.#record = record;
  }

  /** Takes what the log says by now. */
  async look(): Promise<void> {
    this.#paused = new Map((await this.#record.list()).map((paused) => [paused.source, paused]));
  }

  /** @throws {HookcastError} SOURCE_PAUSED: its sender is to come again, and finds out by trying when it is over. */
  assertRunning(source: string): void {
    if (!this.#paused.has(source)) return;
    throw new HookcastError(
      'SOURCE_PAUSED',
      'The operator of the gateway has paused this source. Send this delivery again later.',
    );
  }
}
