import { HookcastError } from '../errors.ts';
import { MINUTE } from './activity.ts';

const DAY = 1_440 * MINUTE;

/**
 * How many zones are kept at once, and how many days of each. One zone takes about 30 kB. There are some four hundred zones.
 */
const MOST_ZONES = 100;
const MOST_DAYS = 1_000;

/**
 * A zone of the IANA database, as JavaScript knows it. Its offsets are whole minutes: the seconds that local times had before
 * there was standard time are left out.
 */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  /** The offset at the beginning of each day of UTC. To compute it costs microseconds. */
  readonly #offsets = new Map<number, number>();

  /**
   * @throws {RangeError} when there is no such zone, or its name is spelled differently: each spelling would be kept
   *   separately.
   */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const { timeZone } = this.#format.resolvedOptions();
    if (timeZone !== name && timeZone.toLowerCase() === name.toLowerCase()) throw new RangeError('not its spelling');
  }

  /** How far its clocks are ahead of UTC, in milliseconds. */
  offsetAt(at: number): number {
    const day = Math.floor(at / DAY);
    const offset = this.#atBeginningOf(day);
    // No zone has ever changed its offset twice within one day.
    return offset === this.#atBeginningOf(day + 1) ? offset : this.#ask(Math.floor(at / MINUTE) * MINUTE);
  }

  /** When the offset changes, after `from` and up to `to`, both whole minutes; null if it doesn't. */
  changeBetween(from: number, to: number): number | null {
    const offset = this.offsetAt(from);
    if (this.offsetAt(to) === offset) return null;
    let [before, after] = [from, to];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (this.offsetAt(middle) === offset) before = middle;
      else after = middle;
    }
    return after;
  }

  #atBeginningOf(day: number): number {
    const known = this.#offsets.get(day);
    if (known !== undefined) return known;
    if (this.#offsets.size >= MOST_DAYS) this.#offsets.clear();
    const offset = this.#ask(day * DAY);
    this.#offsets.set(day, offset);
    return offset;
  }

  #ask(at: number): number {
    const [, sign, hours, minutes, seconds = '0'] =
      /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(this.#format.format(at)) ?? [];
    if (!sign) return 0;
    const offset = Number(hours) * 60 + Number(minutes) + Math.round(Number(seconds) / 60);
    return (sign === '-' ? -offset : offset) * MINUTE;
  }
}

/** The zones that requests have asked for. */
export class TimeZones {
  readonly #known = new Map<string, TimeZone>();

  /** @throws {HookcastError} BAD_REQUEST when there is no such zone. */
  find(said: string): TimeZone {
    // Chromium says this if its machine names no zone. Chromium itself uses UTC then.
    const name = said === 'Etc/Unknown' ? 'UTC' : said;
    const known = this.#known.get(name);
    if (known) return known;
    const zone = open(name);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_ZONES && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(name, zone);
    return zone;
  }
}

function open(name: string): TimeZone {
  // JavaScript accepts an offset as a zone as well, and there would be thousands of those.
  if (/^[a-z]/i.test(name)) {
    try {
      return new TimeZone(name);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new HookcastError(
    'BAD_REQUEST',
    'There is no such time zone. Use a name of the IANA database, like "America/Sao_Paulo" or "UTC".',
  );
}
