import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import type { AuditAction, AuditRecord, NewAuditEntry } from '../events/audit.ts';
import type { Parts } from '../events/event.ts';
import type { Bearer } from './viewer.ts';

/** How often it is looked whether something is to be recorded, in milliseconds: that somebody reads is in the log after as long. */
const LOOK = 1_000;
const MINUTE = 60_000;
/**
 * Names of operations that one token's holder may have at once. A client chooses them, and could have a row written for each
 * request; what has another name is summed under `OTHERS`.
 */
const MOST_NAMES = 20;
const LONGEST_NAME = 100;
const OTHERS = '(others)';
/** What can't be recorded is kept for so many entries. */
const MOST_UNRECORDED = 10_000;

type Who = Pick<Bearer, 'tokenId' | 'holder'>;

/** What one operation of one token reads of people. The reader adds to `events`, and the rest is done by the audit. */
export class Reading {
  /** Events whose personal data it was given since this was last recorded. */
  events = 0;
  /** Streams that may add to it at any time. */
  streams = 0;
  /** The minute in which it was recorded last. */
  minute = NaN;
  readonly said: Omit<NewAuditEntry, 'at' | 'count'>;

  constructor(said: Reading['said']) {
    this.said = said;
  }
}

export interface AuditOptions {
  readonly record: AuditRecord;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Notes who did what, and who read personal data. Reading costs no write of its own: it is summed for each token, operation and
 * minute, so that a stream costs an addition for each message. The first of a minute is recorded within a second, so that it is known
 * that somebody read also if the gateway is killed; of how many events, at the end of the minute.
 */
export class Audit {
  readonly #options: AuditOptions;
  readonly #readings = new Map<string, Reading>();
  readonly #names = new Map<string, number>();
  #unrecorded: NewAuditEntry[] = [];
  #recording: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(false), LOOK).unref();
  }

  /** Where an operation counts what it reads. To be added to at once: one that nobody has added to is forgotten, unless it is a stream's. */
  reading({ tokenId, holder }: Who, operation: string | null, parts: Parts): Reading {
    const action = parts.raw ? 'READ_RAW' : 'READ_PERSONAL';
    const keyOf = (name: string | null) => JSON.stringify([tokenId, holder, action, name]);
    let name = operation?.slice(0, LONGEST_NAME) ?? null;
    let reading = this.#readings.get(keyOf(name));
    if (!reading && (this.#names.get(holder) ?? 0) >= MOST_NAMES) {
      name = OTHERS;
      reading = this.#readings.get(keyOf(name));
    }
    if (!reading) {
      reading = new Reading({ action, osUser: null, tokenId, holder, operation: name, target: null });
      this.#readings.set(keyOf(name), reading);
      this.#names.set(holder, (this.#names.get(holder) ?? 0) + 1);
    }
    return reading;
  }

  /** Resolved once it is durable: what can't be noted must not be done. @throws {HookcastError} LOG_UNAVAILABLE. */
  did({ tokenId, holder }: Who, operation: string | null, action: AuditAction, target: string | null): Promise<void> {
    const { record, now } = this.#options;
    const name = operation?.slice(0, LONGEST_NAME) ?? null;
    const entry = { at: now(), action, osUser: null, tokenId, holder, operation: name, target, count: null };
    return record.add([entry]);
  }

  /** Records the last of it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look(true);
  }

  /** One at a time. */
  #look(isLast: boolean): Promise<void> {
    return (this.#recording = this.#recording.then(() => this.#record(isLast)));
  }

  async #record(isLast: boolean): Promise<void> {
    const { record, logger, now } = this.#options;
    const at = now();
    const minute = Math.floor(at / MINUTE);
    for (const [key, reading] of this.#readings) {
      const { said, events: count } = reading;
      if (count > 0 && (isLast || reading.minute !== minute)) {
        this.#unrecorded.push({ ...said, at, count });
        reading.events = 0;
        reading.minute = minute;
      } else if (count === 0 && reading.streams === 0 && reading.minute !== minute) this.#forget(key, reading);
    }
    if (this.#unrecorded.length === 0) return;
    const entries = this.#unrecorded;
    this.#unrecorded = [];
    try {
      await record.add(entries);
    } catch (error) {
      this.#unrecorded = [...entries, ...this.#unrecorded];
      const lost = this.#unrecorded.splice(0, Math.max(this.#unrecorded.length - MOST_UNRECORDED, 0)).length;
      if (lost > 0) logger.error({ lost, ...forLog(error) }, 'who read personal data could not be noted, and is lost');
      else logger.debug(forLog(error), 'who read personal data is noted later');
    }
  }

  #forget(key: string, { said: { holder } }: Reading): void {
    this.#readings.delete(key);
    const names = (this.#names.get(holder!) ?? 1) - 1;
    if (names > 0) this.#names.set(holder!, names);
    else this.#names.delete(holder!);
  }
}
