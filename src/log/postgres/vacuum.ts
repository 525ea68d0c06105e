import type { Connection } from './connection.ts';
import type { Primary } from './primary.ts';

/** How long one may take, in milliseconds. */
const PATIENCE = 30 * 60 * 1000;

/**
 * Has PostgreSQL take what was erased out of its files soon, where otherwise it would wait until a fifth of a table has
 * changed. On a connection of its own, beside everything else; when it fails, PostgreSQL does it in its own time.
 */
export class Vacuum {
  readonly #primary: Primary;
  #connection: Connection | null = null;
  /** Nothing is under way; something is; something more was erased meanwhile; nothing is to begin any more. */
  #state: 'idle' | 'busy' | 'again' | 'stopped' = 'idle';

  constructor(primary: Primary) {
    this.#primary = primary;
  }

  start(): void {
    if (this.#state === 'busy') this.#state = 'again';
    if (this.#state === 'idle') void this.#run();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#connection?.destroy();
  }

  async #run(): Promise<void> {
    do {
      this.#state = 'busy';
      try {
        this.#connection = await this.#primary.connect();
        await this.#connection.script('SET statement_timeout = 0', PATIENCE);
        // Without giving back the end of the file, for which everybody would have to wait.
        await this.#connection.script(
          'VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) hookcast.events, hookcast.quarantine',
          PATIENCE,
        );
      } catch {
        // Somebody else's table, or no server: see above.
      }
      this.#connection?.destroy();
      this.#connection = null;
    } while (this.#is('again'));
    if (this.#is('busy')) this.#state = 'idle';
  }

  #is(state: 'busy' | 'again'): boolean {
    return this.#state === state;
  }
}
