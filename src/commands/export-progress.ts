import type { ExportedEvent } from '../export/exported-event.ts';
import { positionOf } from './export-pages.ts';

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** How far an export is: how many events, how fast, and about how long it still takes. */
export class ExportProgress {
  readonly #end: number;
  readonly #now: () => number;
  readonly #began: number;
  #start: number | null;
  #position: number | null = null;
  #count = 0;

  /**
   * @param range the positions of the log between which the events are. `start` is null if it is not known before the first event.
   */
  constructor(
    { start, end }: { readonly start: number | null; readonly end: number },
    now: () => number = () => performance.now(),
  ) {
    this.#start = start;
    this.#end = end;
    this.#now = now;
    this.#began = now();
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a page that is written. */
  wrote(page: readonly ExportedEvent[]): void {
    const [first, last] = [page.at(0), page.at(-1)];
    if (!first || !last) return;
    this.#count += page.length;
    this.#start ??= positionOf(first.cursor) - 1;
    this.#position = positionOf(last.cursor);
  }

  /** The progress in one line, for a person. */
  line(): string {
    const seconds = Math.max(this.#now() - this.#began, 1) / 1_000;
    // A filter that hardly anything fits may take long to find its first event.
    if (this.#position === null || this.#start === null) return `no events yet, after ${durationOf(seconds)}`;
    const share = (this.#position - this.#start) / Math.max(this.#end - this.#start, 1);
    const left = durationOf((seconds * (1 - share)) / share);
    const rate = COUNT.format(this.#count / seconds);
    return `${COUNT.format(this.#count)} events, ${rate} a second, ${Math.floor(share * 100)} % of the log, about ${left} left`;
  }
}

function durationOf(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
