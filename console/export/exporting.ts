import { type GatewayError, toGatewayError } from '../gateway/request.ts';
import { Observed } from '../observed.ts';
import type { ListedEvent } from '../parts/event.ts';
import type { ExportPage } from './export-pages.ts';
import type { Format } from './formats.ts';

/** The most events of a file, since a phone has to hold it until it is saved. */
export const MOST_EXPORTED = 100_000;

export interface ExportView {
  /** `cut`: there are more events than a file may have. */
  readonly state: 'running' | 'stopped' | 'failed' | 'cut' | 'done';
  /** How many events are in the file so far. `looked` counts those that were checked. */
  readonly events: number;
  readonly looked: number;
  /** When the oldest of them was received. */
  readonly back: string | null;
  readonly error: GatewayError | null;
}

export interface ExportWork {
  readonly format: Format;
  readonly page: (before: string | null, signal: AbortSignal) => Promise<ExportPage>;
  /** The part of the filter that the gateway can't check. Null if there is no such part. */
  readonly matches: ((event: ListedEvent) => boolean) | null;
  readonly most?: number;
}

/**
 * Writes the events that fit a filter into a file, page by page. The pages become blobs, which browsers keep on disk, so that the page's
 * own memory holds only one page. After a stop or a failure it can continue.
 */
export class Exporting extends Observed<ExportView> {
  readonly #work: ExportWork;
  readonly #parts: Blob[];
  #before: string | null = null;
  #stop = new AbortController();

  constructor(work: ExportWork) {
    super({ state: 'stopped', events: 0, looked: 0, back: null, error: null });
    this.#work = work;
    this.#parts = [new Blob([work.format.begin])];
  }

  /** Begins or continues. */
  async run(): Promise<void> {
    if (this.view.state !== 'stopped' && this.view.state !== 'failed') return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.become({ state: 'running', error: null });
    try {
      while (await this.#more(signal));
    } catch (error) {
      if (!signal.aborted) this.become({ state: 'failed', error: toGatewayError(error) });
    }
  }

  stop(): void {
    if (this.view.state !== 'running') return;
    this.#stop.abort();
    this.become({ state: 'stopped' });
  }

  /** The file as far as it is written. */
  file(): Blob {
    return new Blob(this.#parts, { type: this.#work.format.type });
  }

  async #more(signal: AbortSignal): Promise<boolean> {
    const { format, page: ask, matches, most = MOST_EXPORTED } = this.#work;
    const page = await ask(this.#before, signal);
    signal.throwIfAborted();
    const { events, looked, back } = this.view;
    const fitting = matches ? page.rows.filter(({ node }) => matches(node)) : page.rows;
    const taken = fitting.slice(0, most - events);
    this.#parts.push(new Blob([format.lines(taken)]));
    this.#before = page.next;
    const isCut = events + fitting.length > most || (events + taken.length === most && page.next !== null);
    this.become({
      events: events + taken.length,
      looked: looked + page.rows.length,
      back: page.rows.at(-1)?.node.receivedAt ?? back,
      state: isCut ? 'cut' : page.next === null ? 'done' : 'running',
    });
    return this.view.state === 'running';
  }
}
