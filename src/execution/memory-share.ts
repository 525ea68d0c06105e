import type { RecordedEvent } from '../events/event.ts';
import { type Portion, Ration } from '../live/ration.ts';

/**
 * The memory that one operation may use for what it reads. All fields of a document begin in one turn, so the first request
 * takes what all of them may need. No field waits for more while the operation has some.
 */
export class Share {
  readonly #ration: Ration;
  #wanted = 0;
  #taking: Promise<void> | null = null;
  #portion: Portion | null = null;
  #isOver = false;

  constructor(ration = new Ration(Infinity)) {
    this.#ration = ration;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  take(bytes: number): Promise<void> {
    this.#wanted += bytes;
    return (this.#taking ??= this.#take());
  }

  /** Gives back the part of the taken memory that the events did not need. */
  used(taken: number, events: readonly (RecordedEvent | null)[]): void {
    let bytes = 0;
    for (const event of events) bytes += event?.bytes ?? 0;
    this.#wanted -= Math.max(taken - bytes, 0);
    this.#portion?.giveBack(this.#wanted);
  }

  /** Gives back all of the memory. */
  end(): void {
    this.#isOver = true;
    this.#portion?.giveBack();
    this.#portion = null;
  }

  async #take(): Promise<void> {
    // Wait until all fields have said what they want.
    await Promise.resolve();
    const portion = await this.#ration.take(this.#wanted);
    if (this.#isOver) portion.giveBack();
    else this.#portion = portion;
  }
}
