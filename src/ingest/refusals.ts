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
 * What is kept of a source at most, and half of it from one sender: what is kept is never pushed out, so that a forger can't get
 * rid of what the real sender has sent, and takes half of the room at most from one address.
 */
export const ROOM: RefusedRoom = { count: 5_000, size: 64 * 1024 * 1024 };
/** How often what was refused is recorded, and how often what has expired is forgotten, in milliseconds. */
const RECORD = 1_000;
const EXPIRE = 60_000;
/** What is recorded at once: forgeries can come by the thousand, and each would be written to the disk. */
const MOST = { count: 200, bytes: 4 * 1024 * 1024 };
/** How long nothing more is taken of a sender for whom there was no room, in milliseconds. */
const REST = 60_000;
const MOST_RESTING = 10_000;

/** What is encrypted. */
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
  /** For how long, in milliseconds; null keeps nothing. */
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
 * Keeps what was refused for its signature, for an operator to try again once the right secret is there. Its sender was answered already:
 * nothing waits for this, and what comes too fast or finds no room is lost as it would be without it.
 */
export class Refusals {
  readonly #options: RefusalsOptions;
  #waiting: Waiting[] = [];
  #bytes = 0;
  /** How many wait of each sender. */
  #bySender = new Map<string, number>();
  readonly #resting = new Map<string, number>();
  #recording: Promise<void> = Promise.resolve();
  #expiredAt = -Infinity;
  readonly #timer: NodeJS.Timeout;

  constructor(options: RefusalsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#tick(), RECORD).unref();
  }

  /** @param sender what its address counts under. */
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

  /** Records the last of it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#record();
  }

  async #tick(): Promise<void> {
    await this.#record();
    if (performance.now() - this.#expiredAt < EXPIRE) return;
    this.#expiredAt = performance.now();
    const { log, logger, now } = this.#options;
    // Also where nothing is kept any more.
    await log.refused
      .expire(now())
      .catch((error: unknown) => logger.debug(forLog(error), 'refused deliveries are forgotten later'));
  }

  /** One at a time. */
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

/** What a refused delivery was; null where the log's secret is another one by now. */
export function opened({ source, sealed, receivedAt }: Refused, secretOfLog: string): Whole | null {
  const text = decrypted(sealed, keyOf(secretOfLog), boundTo(source, receivedAt));
  if (text === null) return null;
  const { body, ...said } = whole.parse(JSON.parse(text));
  return { ...said, body: Buffer.from(body, 'base64') };
}

function keyOf(secretOfLog: string): Buffer {
  return keyFor(secretOfLog, 'refused deliveries');
}

/** It can't be tried as another source's, or as of another time. */
function boundTo(source: string, receivedAt: number): string {
  return JSON.stringify([source, receivedAt]);
}

function hashed(key: Buffer, said: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(said)).digest('base64url');
}
