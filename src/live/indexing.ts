import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';

/**
 * Work that takes a millisecond is followed by a pause of so many. So the index takes at most a tenth of the time of this thread and of
 * the one that writes, also while a large log is indexed for the first time.
 */
const SHARE = 9;
/** How long it waits after the head has moved, in milliseconds: events that arrive meanwhile are indexed together. */
const GATHERING = 1_000;
/** How long it waits after the log has failed or has changed while it was read, in milliseconds. */
const AGAIN = 5_000;
/** How many events must be left for the work to be told. */
const TOLD = 20_000;
/** How often the progress is told, in milliseconds. */
const TELLING = 30_000;

/** Keeps the log's index of words close behind its head. */
export class Indexing {
  readonly #log: Pick<EventLog, 'words' | 'watch'>;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #stopWatching: () => void;
  readonly #running: Promise<void>;
  #moved: () => void = () => {};
  #hasMoved = true;
  #isFailing = false;

  constructor(log: Pick<EventLog, 'words' | 'watch'>, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
    this.#stopWatching = log.watch(() => {
      this.#hasMoved = true;
      this.#moved();
    });
    this.#running = this.#run();
  }

  /** Resolves when the step under way is done. */
  async stop(): Promise<void> {
    this.#stopWatching();
    this.#stopping.abort();
    this.#moved();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const pause = (milliseconds: number) => setTimeout(milliseconds, null, { signal, ref: false }).catch(() => null);
    while (!signal.aborted) {
      await this.#untilMoved();
      await pause(GATHERING);
      if (!signal.aborted) await this.#catchUp(pause);
    }
  }

  async #untilMoved(): Promise<void> {
    if (!this.#hasMoved) await new Promise<void>((resolve) => (this.#moved = resolve));
    this.#moved = () => {};
    this.#hasMoved = false;
  }

  async #catchUp(pause: (milliseconds: number) => Promise<unknown>): Promise<void> {
    let told: number | null = null;
    while (!this.#stopping.signal.aborted) {
      const began = performance.now();
      const progress = await this.#advance();
      if (progress?.left === 0) break;
      if (progress && progress.left >= TOLD && (told === null || began - told > TELLING)) {
        this.#logger.info({ left: progress.left }, 'indexing the words of events: until then searches take longer');
        told = began;
      }
      await pause(progress && progress.indexed > 0 ? SHARE * (performance.now() - began) : AGAIN);
    }
    if (told !== null && !this.#stopping.signal.aborted) this.#logger.info('the words of all events are indexed');
  }

  /** Null if the log has failed. */
  async #advance() {
    try {
      const progress = await this.#log.words.advance();
      this.#isFailing = false;
      return progress;
    } catch (error) {
      const isNew = !this.#isFailing && !this.#stopping.signal.aborted;
      this.#isFailing = true;
      if (isNew) {
        this.#logger.error(
          forLog(error),
          'the words of events could not be indexed: searches take longer until they are',
        );
      }
      return null;
    }
  }
}
