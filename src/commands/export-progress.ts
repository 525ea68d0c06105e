import type { ExportedEvent } from '../export/exported-event.ts';
import { positionOf } from './export-pages.ts';
import type { SendingTerminal } from './terminal.ts';

/** How often the progress is shown, in milliseconds. */
const EVERY = 1_000;

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Shows a person how far an export is: how many events, how fast, and about how long it still takes. */
export class ExportProgress {
  readonly #show: SendingTerminal['progress'];
  readonly #end: number;
  readonly #now: () => number;
  readonly #began: number;
  #start: number | null;
  #shownAt: number;
  #count = 0;

  /**
   * @param range the positions of the log between which the events are. `start` is null if it is not known before the first event.
   */
  constructor(
    { progress }: Pick<SendingTerminal, 'progress'>,
    range: { readonly start: number | null; readonly end: number },
    now: () => number = () => performance.now(),
  ) {
    this.#show = progress;
    this.#start = range.start;
    this.#end = range.end;
    this.#now = now;
    this.#began = this.#shownAt = now();
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a page that is written. */
  wrote(page: readonly ExportedEvent[]): void {
    this.#count += page.length;
    const [first, last] = [page.at(0), page.at(-1)];
    if (!first || !last) return;
    this.#start ??= positionOf(first.cursor) - 1;
    const at = this.#now();
    if (at < this.#shownAt + EVERY) return;
    this.#shownAt = at;
    const seconds = (at - this.#began) / 1_000;
    const share = (positionOf(last.cursor) - this.#start) / Math.max(this.#end - this.#start, 1);
    const rate = this.#count / seconds;
    const left = durationOf((seconds * (1 - share)) / share);
    this.#show(
      `${COUNT.format(this.#count)} events, ${COUNT.format(rate)} a second, ${Math.floor(share * 100)} % of the log, about ${left} left`,
    );
  }
}

function durationOf(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
