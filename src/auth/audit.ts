import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import type { AuditAction, AuditRecord, NewAuditEntry } from '../events/audit.ts';
import type { Parts } from '../events/event.ts';
import type { Bearer } from './viewer.ts';

/** How often the audit records new readings, in milliseconds: after this time at most, the log has the reading of personal data. */
const LOOK = 1_000;
const MINUTE = 60_000;
/**
 * How many names of operations one token's holder may have at once. Clients choose the names, and could have a row written for
 * each request. Operations with further names are summed under `OTHERS`.
 */
const MOST_NAMES = 20;
const LONGEST_NAME = 100;
const OTHERS = '(others)';
/** How many entries are kept while they can't be recorded. */
const MOST_UNRECORDED = 10_000;

type Who = Pick<Bearer, 'tokenId' | 'holder'>;

/** Counts the personal data that one operation of one token reads. The reader adds to `events`, and the audit does the rest. */
export class Reading {
  /** How many events with personal data it was given since the last record. */
  events = 0;
  /** How many streams may add to it at any time. */
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
 * Records who did what, and who read personal data. Reading costs no write of its own: it is summed for each token, operation and
 * minute, so that a message costs a stream one addition. The first reading of a minute is recorded within a second, so that the log
 * says that somebody read even if the gateway is killed. The number of events follows at the end of the minute.
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

  /** Returns the count for an operation's readings. Add to it at once: the audit drops a count of zero, unless a stream has it. */
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

  /** Resolves once the entry is durable: an action that can't be recorded must not be done. @throws {HookcastError} LOG_UNAVAILABLE. */
  did({ tokenId, holder }: Who, operation: string | null, action: AuditAction, target: string | null): Promise<void> {
    const { record, now } = this.#options;
    const name = operation?.slice(0, LONGEST_NAME) ?? null;
    const entry = { at: now(), action, osUser: null, tokenId, holder, operation: name, target, count: null };
    return record.add([entry]);
  }

  /** Records the remaining readings. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look(true);
  }

  /** Records new readings, one call after the other. */
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
      if (lost > 0)
        logger.error(
          { lost, ...forLog(error) },
          'could not record who read personal data: these audit entries are lost',
        );
      else logger.debug(forLog(error), 'could not record who read personal data; trying again in a moment');
    }
  }

  #forget(key: string, { said: { holder } }: Reading): void {
    this.#readings.delete(key);
    const names = (this.#names.get(holder!) ?? 1) - 1;
    if (names > 0) this.#names.set(holder!, names);
    else this.#names.delete(holder!);
  }
}
