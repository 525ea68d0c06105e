import type { Connection } from './connection.ts';
import type { Primary } from './primary.ts';

/** How long one vacuum may take, in milliseconds. */
const PATIENCE = 30 * 60 * 1000;

/**
 * Makes PostgreSQL remove erased data from its files soon. Otherwise PostgreSQL waits until a fifth of a table has changed. The vacuum
 * has its own connection, and runs beside everything else. If it fails, PostgreSQL vacuums in its own time.
 */
export class Vacuum {
  readonly #primary: Primary;
  #connection: Connection | null = null;
  /** `again`: more was erased while a vacuum runs. `stopped`: no vacuum may begin any more. */
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
        // TRUNCATE would give back the end of the file, and everybody would have to wait for that.
        await this.#connection.script(
          'VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) hookcast.events, hookcast.quarantine, hookcast.words',
          PATIENCE,
        );
      } catch {
        // The table belongs to another role, or there is no server: PostgreSQL vacuums in its own time.
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
