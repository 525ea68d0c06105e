import type { HookcastError } from '../../src/errors.ts';
import type { isOther } from '../../src/events/cursor.ts';
import type { EventLog, Page, ReadRequest } from '../../src/events/event-log.ts';
import type { matcher } from '../../src/events/filter.ts';
import type { Live } from '../../src/live/live.ts';
import type { Storage } from './storage.ts';
import type { World } from './world.ts';

/** The code under test, which may be a copy with a mistake in it. */
export interface Code {
  readonly Live: typeof Live;
  readonly HookcastError: typeof HookcastError;
  readonly matcher: typeof matcher;
  readonly isOther: typeof isOther;
}

/** How a gateway is set, and what its log is like. */
export interface Circumstances {
  readonly ringItems: number;
  readonly spell: number;
  /** Of a page. */
  readonly bytes: number;
  /** The share of the log's questions and answers that take long. */
  readonly slowness: number;
}

/** A process that serves subscribers, until it is killed: its way to the log is slow, fails, and ends with it. */
export class Gateway {
  readonly live: Live;
  isDead = false;
  /** The mark up to which it has heard that something was committed. */
  heard = 0;
  readonly #world: World;
  readonly #storage: Storage;
  readonly #code: Code;
  readonly #circumstances: Circumstances;

  constructor(world: World, storage: Storage, code: Code, circumstances: Circumstances) {
    this.#world = world;
    this.#storage = storage;
    this.#code = code;
    this.#circumstances = circumstances;
    const { ringItems, spell } = circumstances;
    this.live = new code.Live({ log: this.#log, report: () => {}, ringItems, spell });
  }

  /** The part of the port that followers use. */
  get #log(): EventLog {
    const storage = this.#storage;
    return {
      head: () => this.#answer(() => storage.extent.head),
      oldest: () => this.#answer(() => storage.extent.floor),
      read: (request: ReadRequest) => this.#answer(() => this.#filtered(request)),
      watch: (listener: () => void) => {
        return storage.watch(() => {
          if (this.isDead) return;
          this.heard = storage.mark;
          listener();
        });
      },
    } as unknown as EventLog;
  }

  #filtered(request: ReadRequest): Page {
    const page = this.#storage.read(request, this.#circumstances.bytes, this.#code.isOther);
    const matcher = this.#code.matcher(request.filter);
    return {
      ...page,
      events: page.events.filter((event) => matcher.event(event)),
      erasures: page.erasures.filter((erasure) => matcher.erasure(erasure)),
    };
  }

  #answer<T>(look: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#world.after(this.#way(), () => {
        const answer = this.#storage.isAway ? null : { value: look() };
        this.#world.after(this.#way(), () => {
          if (this.isDead) return;
          if (answer) resolve(answer.value);
          else reject(new this.#code.HookcastError('LOG_UNAVAILABLE', 'The log is away.'));
        });
      });
    });
  }

  #way(): number {
    const { dice } = this.#world;
    return dice.below(dice.chance(this.#circumstances.slowness) ? 300 : 5);
  }
}
