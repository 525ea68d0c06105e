import { createHash, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { forLog } from './errors.ts';
import type { TypesRecord } from './events/served.ts';
import type { EventType } from './declaration/event-type.ts';
import { meaningsOf } from './served-types.ts';

/** How often a gateway says which types it serves, in milliseconds. */
const EVERY = 60_000;

const DIFFERENT =
  'Other gateways of this log serve other types of events. Events of types that a gateway does not know are OtherEvent there. ' +
  'Give all of them the same hookcast.config.ts and the same version of hookcast.';

export interface ServingOptions {
  readonly record: TypesRecord;
  readonly types: readonly EventType[];
  readonly logger: Logger;
}

/** Tells a gateway when others on its log serve other types of events than it does. */
export class Serving {
  readonly #options: ServingOptions;
  readonly #gateway = randomUUID();
  readonly #types: string;
  readonly #timer: NodeJS.Timeout;
  #others = 0;

  constructor(options: ServingOptions) {
    this.#options = options;
    this.#types = hashOf(options.types);
    this.#timer = setInterval(() => void this.look(), EVERY).unref();
  }

  /** How many other gateways served other types when it was last looked. */
  get others(): number {
    return this.#others;
  }

  /** Says which types this gateway serves, and looks what others say. */
  async look(): Promise<void> {
    const { record, logger } = this.#options;
    let others: number;
    try {
      others = await record.announce(this.#gateway, this.#types);
    } catch (error) {
      // It is said again in a minute, and that the log can't be written is told elsewhere.
      logger.debug(forLog(error), 'which types other gateways serve is not known just now');
      return;
    }
    if (others > 0 && others !== this.#others) logger.warn({ gateways: others }, DIFFERENT);
    if (others === 0 && this.#others > 0) logger.info('all gateways of this log serve the same types of events again');
    this.#others = others;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    // If it can't be said, it counts for three minutes more.
    await this.#options.record.withdraw(this.#gateway).catch(() => {});
  }
}

function hashOf(types: readonly EventType[]): string {
  const sorted = [...meaningsOf(types)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32);
}
