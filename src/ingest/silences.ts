import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import { HOUR, hourOf } from '../events/answer-count.ts';
import type { LogRecords } from '../events/event-log.ts';
import type { Silence } from '../events/told-silence.ts';
import { KNOWN_WEEKS, silenceOf } from './rhythm.ts';

export interface SilencesOptions {
  readonly log: Pick<LogRecords, 'answers' | 'pauses' | 'reconciliations' | 'silences'>;
  /** The configured sources. */
  readonly sources: ReadonlyMap<string, unknown>;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How often silences are looked for, in milliseconds; and when first: a gateway must not be busy with it while it starts. */
const EVERY = 60_000;
const FIRST = 1_000;
const KNOWN = KNOWN_WEEKS * 168 * HOUR;
/**
 * The outcomes of authentic deliveries. A refused delivery doesn't count: otherwise a forger could hide that a source is
 * silent. While the secret is wrong, nothing of the source is recorded either.
 */
const AUTHENTIC: ReadonlySet<string> = new Set(['accepted', 'duplicate', 'ignored', 'quarantined']);

interface Known {
  readonly heard: Map<number, number>;
  lastAt: number;
}

/**
 * Finds sources that are silent for longer than their own rhythm suggests. Every gateway comes to the same answer, since all of
 * them learn from the answers that the log counts. The log ensures that only one of them writes the line.
 */
export class Silences {
  readonly #options: SilencesOptions;
  readonly #startedAt: number;
  readonly #known = new Map<string, Known>();
  #silent: ReadonlyMap<string, Silence> = new Map();
  #switchedOff: ReadonlySet<string> = new Set();
  /** Until this moment a source was paused, so that no delivery could come. */
  readonly #pausedUntil = new Map<string, number>();
  #readUntil: number | null = null;
  #isLooking = false;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: SilencesOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    const tick = () => void this.#tick();
    this.#timers = [setTimeout(tick, FIRST).unref(), setInterval(tick, EVERY).unref()];
  }

  /** Null if the source is not silent, or if its rhythm is not known. */
  of(source: string): Silence | null {
    return this.#silent.get(source) ?? null;
  }

  /** Whether the provider has said, when it was last asked, that it sends nothing to the source. */
  isSwitchedOff(source: string): boolean {
    return this.#switchedOff.has(source);
  }

  /** Looks once. @throws {HookcastError} LOG_UNAVAILABLE */
  async look(): Promise<void> {
    const { log, sources, now } = this.#options;
    const at = now();
    await this.#learn(at);
    const off = (await log.reconciliations.list()).filter(({ webhook }) => webhook === 'OFF');
    this.#switchedOff = new Set(off.map(({ source }) => source));
    const noted = await log.silences.list();
    for (const { source } of await log.pauses.list()) this.#pausedUntil.set(source, at);
    const silent = new Map<string, Silence>();
    for (const source of sources.keys()) {
      const silence = this.#silenceOf(source, at);
      const isNoted = noted.has(source);
      // In the first hour providers send what they could not deliver while no gateway ran, so that was no silence of theirs.
      if (silence && (isNoted || at - this.#startedAt >= HOUR)) silent.set(source, silence);
      if (silent.has(source) && !isNoted) await this.#begin(source, silence!);
      if (!silence && isNoted) await this.#end(source, at);
    }
    this.#silent = silent;
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Reads all counts at first, and later only those that may have changed. */
  async #learn(now: number): Promise<void> {
    const from = this.#readUntil === null ? now - KNOWN : this.#readUntil - HOUR;
    const answers = (await this.#options.log.answers.list(from)).filter(({ outcome }) => AUTHENTIC.has(outcome));
    const counts = new Map<string, Map<number, number>>();
    for (const { source, hour, count, lastAt } of answers) {
      const known = this.#known.get(source) ?? { heard: new Map<number, number>(), lastAt: 0 };
      known.lastAt = Math.max(known.lastAt, lastAt);
      this.#known.set(source, known);
      const ofSource = counts.get(source) ?? new Map<number, number>();
      counts.set(source, ofSource.set(hour, (ofSource.get(hour) ?? 0) + count));
    }
    for (const [source, { heard }] of this.#known) {
      for (const [hour, count] of counts.get(source) ?? []) heard.set(hour, count);
      for (const hour of heard.keys()) if (hour < now - KNOWN) heard.delete(hour);
    }
    this.#readUntil = hourOf(now);
  }

  #silenceOf(source: string, now: number): Silence | null {
    const known = this.#known.get(source);
    const pausedUntil = this.#pausedUntil.get(source) ?? 0;
    return known ? silenceOf(known.heard, Math.max(known.lastAt, pausedUntil), now) : null;
  }

  async #begin(source: string, { since, expected }: Silence): Promise<void> {
    const { log, logger } = this.#options;
    if (!(await log.silences.begin(source, since))) return;
    logger.warn(
      { source, since: new Date(since).toISOString(), expected },
      'a source is silent for longer than it usually is: check at the provider that it still sends',
    );
  }

  async #end(source: string, now: number): Promise<void> {
    const { log, logger } = this.#options;
    const since = await log.silences.end(source);
    if (since !== null) logger.info({ source, hours: Math.round((now - since) / HOUR) }, 'a source sends again');
  }

  async #tick(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.look();
    } catch (error) {
      // Other parts report that the log can't be read.
      this.#options.logger.debug(
        forLog(error),
        'could not find out whether sources are silent; trying again in a minute',
      );
    } finally {
      this.#isLooking = false;
    }
  }
}
