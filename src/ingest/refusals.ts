import { createHmac } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import { forLog } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { NewRefused, Refused, RefusedRoom } from '../events/refused.ts';
import type { OnLimit } from '../limits.ts';
import type { Arrived } from '../providers/provider.ts';
import { decrypted, encrypted, keyFor } from './encrypted.ts';

/**
 * How much is kept of a source at most; one sender gets half of it. Kept deliveries are never pushed out, so a forger can't
 * remove those of the real sender, and takes at most half of the room from one address.
 */
export const ROOM: RefusedRoom = { count: 5_000, size: 64 * 1024 * 1024 };
/** How often refused deliveries are recorded, and how often expired ones are deleted, in milliseconds. */
const RECORD = 1_000;
const EXPIRE = 60_000;
/** How much is recorded at once: thousands of forgeries may come, and each would be written to the disk. */
const MOST = { count: 200, bytes: 4 * 1024 * 1024 };
/** How long further deliveries of a sender are dropped after there was no room for one, in milliseconds. */
const REST = 60_000;
const MOST_RESTING = 10_000;

/** The encrypted content. */
const whole = z.object({
  method: z.string(),
  target: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())]).optional()),
  body: z.base64(),
  from: z.string(),
  why: z.string(),
});

export type Whole = Omit<z.infer<typeof whole>, 'body'> & { readonly body: Buffer };

export interface RefusalsOptions {
  readonly log: Pick<EventLog, 'refused' | 'naming'>;
  readonly logger: Logger;
  readonly onLimit: OnLimit;
  /** For how long deliveries are kept, in milliseconds. If it is null, none is kept. */
  readonly keepFor: number | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Waiting {
  readonly source: string;
  readonly sender: string;
  readonly code: string;
  readonly why: string;
  readonly arrived: Arrived;
}

/**
 * Keeps deliveries that were refused for their signature, so that an operator can try them again once the right secret is set.
 * Their senders are answered already, so nothing waits for this. A delivery that comes too fast or finds no room is lost, as it
 * would be without this class.
 */
export class Refusals {
  readonly #options: RefusalsOptions;
  #waiting: Waiting[] = [];
  #bytes = 0;
  /** The number of waiting deliveries of each sender. */
  #bySender = new Map<string, number>();
  readonly #resting = new Map<string, number>();
  #recording: Promise<void> = Promise.resolve();
  #expiredAt = -Infinity;
  readonly #timer: NodeJS.Timeout;

  constructor(options: RefusalsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#tick(), RECORD).unref();
  }

  /** @param sender the group of the sender's address for limits. */
  keep(source: string, arrived: Arrived, sender: string, { code, message }: { code: string; message: string }): void {
    const { keepFor, onLimit } = this.#options;
    if (keepFor === null) return;
    const key = JSON.stringify([source, sender]);
    const theirs = this.#bySender.get(key) ?? 0;
    const isTooMuch =
      this.#waiting.length >= MOST.count ||
      this.#bytes + arrived.body.length > MOST.bytes ||
      theirs >= MOST.count / 2 ||
      (this.#resting.get(key) ?? 0) > performance.now();
    if (isTooMuch) return onLimit('refused');
    this.#bySender.set(key, theirs + 1);
    this.#bytes += arrived.body.length;
    this.#waiting.push({ source, sender, code, why: message, arrived });
  }

  /** Records the last deliveries. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#record();
  }

  async #tick(): Promise<void> {
    await this.#record();
    if (performance.now() - this.#expiredAt < EXPIRE) return;
    this.#expiredAt = performance.now();
    const { log, logger, now } = this.#options;
    // Expired deliveries are deleted even if no more are kept.
    await log.refused
      .expire(now())
      .catch((error: unknown) =>
        logger.debug(forLog(error), 'could not delete expired refused deliveries; trying again in a minute'),
      );
  }

  /** Only one recording runs at a time. */
  #record(): Promise<void> {
    return (this.#recording = this.#recording.then(() => this.#recordAll()));
  }

  async #recordAll(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    [this.#waiting, this.#bytes, this.#bySender] = [[], 0, new Map()];
    const { log, logger, onLimit } = this.#options;
    try {
      const key = keyOf((await log.naming()).secret);
      const refused = waiting.map((one) => this.#sealed(one, key));
      const keeping = await log.refused.keep(refused, ROOM);
      const full = waiting.filter((_one, index) => keeping[index] === 'full');
      for (const { source, sender } of full) {
        onLimit('refused');
        if (this.#resting.size >= MOST_RESTING) this.#resting.clear();
        this.#resting.set(JSON.stringify([source, sender]), performance.now() + REST);
      }
      const sources = [...new Set(full.map(({ source }) => source))];
      if (sources.length > 0) {
        logger.warn(
          { sources },
          'there is no room for more refused deliveries of a sender: they are lost (hookcast refused)',
        );
      }
    } catch (error) {
      logger.warn({ lost: waiting.length, ...forLog(error) }, 'refused deliveries could not be kept');
    }
  }

  #sealed({ source, sender, code, why, arrived }: Waiting, key: Buffer): NewRefused {
    const { method = 'POST', target = '/', headers, body, from, receivedAt } = arrived;
    const said = { method, target, headers, body: body.toString('base64'), from: from?.() ?? '', why };
    const sealed = encrypted(JSON.stringify(said), key, boundTo(source, receivedAt));
    const digest = hashed(key, [source, method, target, said.body]);
    const expiresAt = receivedAt + (this.#options.keepFor ?? 0);
    const of = { source, sender: hashed(key, [sender]).slice(0, 16), digest, reason: code };
    return { ...of, size: sealed.length, sealed, receivedAt, expiresAt };
  }
}

/** The content of a refused delivery; null if the log's secret has changed. */
export function opened({ source, sealed, receivedAt }: Refused, secretOfLog: string): Whole | null {
  const text = decrypted(sealed, keyOf(secretOfLog), boundTo(source, receivedAt));
  if (text === null) return null;
  const { body, ...said } = whole.parse(JSON.parse(text));
  return { ...said, body: Buffer.from(body, 'base64') };
}

function keyOf(secretOfLog: string): Buffer {
  return keyFor(secretOfLog, 'refused deliveries');
}

/** The content is bound to its source and time: it can't be tried for another source, or as of another time. */
function boundTo(source: string, receivedAt: number): string {
  return JSON.stringify([source, receivedAt]);
}

function hashed(key: Buffer, said: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(said)).digest('base64url');
}
