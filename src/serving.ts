import { createHash, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { forLog } from './errors.ts';
import type { TypesRecord } from './events/served.ts';
import type { EventType } from './declaration/event-type.ts';
import { meaningsOf } from './served-types.ts';

/** How often a gateway records which types it serves, in milliseconds. */
const EVERY = 60_000;

const DIFFERENT =
  'Other gateways of this log serve other types of events. Events of types that a gateway does not know are OtherEvent there. ' +
  'Give all of them the same hookcast.config.ts and the same version of hookcast.';

export interface ServingOptions {
  readonly record: TypesRecord;
  readonly types: readonly EventType[];
  readonly logger: Logger;
}

/** Finds out whether other gateways on the log serve other types of events than this one, and warns. */
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

  /** How many other gateways served other types at the last look. */
  get others(): number {
    return this.#others;
  }

  /** Records which types this gateway serves, and counts gateways with other types. */
  async look(): Promise<void> {
    const { record, logger } = this.#options;
    let others: number;
    try {
      others = await record.announce(this.#gateway, this.#types);
    } catch (error) {
      // The next try is in a minute. Other code reports that the log can't be written.
      logger.debug(forLog(error), 'could not find out which types other gateways serve; trying again in a minute');
      return;
    }
    if (others > 0 && others !== this.#others) logger.warn({ gateways: others }, DIFFERENT);
    if (others === 0 && this.#others > 0) logger.info('all gateways of this log serve the same types of events again');
    this.#others = others;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    // If this fails, other gateways count this one for three minutes more.
    await this.#options.record.withdraw(this.#gateway).catch(() => {});
  }
}

function hashOf(types: readonly EventType[]): string {
  const sorted = [...meaningsOf(types)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32);
}
