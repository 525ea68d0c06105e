import type { Instant } from '../events/instant.ts';

// Date, blank or T, time, then a fraction of any length behind a point, a comma or (Wix) a colon, then a zone or none.
const FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?\s*(?:(Z|UTC|GMT)|\[?([+-])(\d{2}):?(\d{2})?\]?)?$/i;

/** Characters of a time, at most: the form above has 38 with one blank, and is looked for no further. */
const LONGEST = 64;
/** 146,097 days, in milliseconds. */
const FOUR_CENTURIES = 146_097 * 24 * 60 * 60 * 1000;

/** As HTTP and e-mails have it: `Fri, 08 May 2026 09:10:11 GMT`. (RFC 9110, 5.6.7; RFC 5322, 3.3) */
const DATED = /^(?:[a-z]{3}, )?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d{2}:\d{2}(?::\d{2})?) ?(Z|UTC|GMT|[+-]\d{4})$/i;
/** As JavaScript writes it: `Fri May 08 2026 09:10:11 GMT+0000 (Coordinated Universal Time)` (ECMA-262, 21.4.4.41). */
const PRINTED = /^[a-z]{3} ([a-z]{3}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \([^()]{1,60}\))?$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Times from 1973 on, so that no number is a time in two units. */
const SINCE_1970 = /^([1-9]\d{8,19})(?:\.(\d{1,9}))?$/;

/**
 * Reads a time in any form that senders use: a text as `parseInstant` reads it, or as HTTP or JavaScript writes it; or a number
 * since 1970, also as text. The number of digits tells the unit: seconds have up to eleven digits (until the year 5138); then
 * come milliseconds, microseconds and nanoseconds.
 *
 * @returns null when the value is not a time.
 */
export function readInstant(value: unknown): Instant | null {
  if (typeof value === 'number') return sinceEpoch(String(value));
  if (typeof value !== 'string' || value.length > 2 * LONGEST) return null;
  return parseInstant(value) ?? sinceEpoch(value) ?? dated(value);
}

function sinceEpoch(text: string): Instant | null {
  const [, whole, fraction = ''] = SINCE_1970.exec(text) ?? [];
  if (whole === undefined) return null;
  // The digits are cut as text, since a double can't hold nanoseconds.
  const unit = Math.ceil((whole.length - 11) / 3);
  const digits =
    unit <= 0 ? whole + fraction.slice(0, 3).padEnd(3, '0') : whole.slice(0, whole.length - 3 * (unit - 1));
  return { at: Number(digits), text };
}

function dated(text: string): Instant | null {
  const [, day, name = '', year = '', time = '', zone = ''] = DATED.exec(text) ?? printed(text);
  if (day === undefined) return null;
  const month = String(MONTHS.indexOf(name.toLowerCase()) + 1).padStart(2, '0');
  const parsed = parseInstant(`${year}-${month}-${day.padStart(2, '0')}T${time}${zone}`);
  return parsed && { at: parsed.at, text };
}

function printed(text: string): readonly string[] {
  const [whole = '', month = '', day = '', ...others] = PRINTED.exec(text) ?? [];
  return whole === '' ? [] : [whole, day, month, ...others];
}

/**
 * Reads a time as providers write it: microseconds, offsets, `2023-09-20 17:25:42`, `…:ss:SSS`. Node's own parser takes a time
 * without a zone as the machine's local time, and turns February 30th into a day of March. Here the first is in `zone`, and the
 * second is not a time. Anything finer than a millisecond is cut off, and kept in `text`.
 *
 * @param zone IANA name of the zone of a time that names none.
 * @returns null when the text is not a time.
 */
export function parseInstant(text: string, zone = 'UTC'): Instant | null {
  const plain = parsePlain(text);
  if (plain !== undefined) return plain;
  const parts = text.length <= LONGEST ? FORM.exec(text) : null;
  if (!parts) return null;
  const year = Number(parts[1]);
  const month = Number(parts[2]);
  const day = Number(parts[3]);
  const hour = Number(parts[4]);
  const minute = Number(parts[5]);
  const second = Number(parts[6] ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const millisecond = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  // Date.UTC takes the years 0 to 99 as 1900 to 1999. Four centuries later the calendar is the same.
  const wall = Date.UTC(year + 400, month - 1, day, hour, minute, second, millisecond) - FOUR_CENTURIES;

  if (parts[8]) return { at: wall, text };
  if (!parts[9]) return { at: wall - offsetAt(wall, zone), text };
  const hours = Number(parts[10]);
  const minutes = Number(parts[11] ?? 0);
  if (hours > 23 || minutes > 59) return null;
  const offset = (hours * 60 + minutes) * 60_000;
  return { at: wall - (parts[9] === '-' ? -offset : offset), text };
}

const [DASH, COLON, POINT, ZERO, BIG_T, BIG_Z] = [0x2d, 0x3a, 0x2e, 0x30, 0x54, 0x5a];

/**
 * Reads `2026-05-08T09:10:11Z` and `2026-05-08T09:10:11.123Z`, as nearly all senders write, in a sixth of the pattern's time. A
 * delivery has several times. Undefined for any other form, and if it is not a time.
 */
function parsePlain(text: string): Instant | undefined {
  const { length } = text;
  if ((length !== 20 && length !== 24) || text.charCodeAt(length - 1) !== BIG_Z) return undefined;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(10) !== BIG_T) return undefined;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return undefined;
  if (length === 24 && text.charCodeAt(19) !== POINT) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const millisecond = length === 24 ? digits(text, 20, 23) : 0;
  // NaN fails each of these comparisons. Date.UTC changes years below 100, so the pattern reads those.
  const isTime = year >= 100 && month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 59;
  if (!isTime || !(millisecond >= 0) || !(day >= 1) || day > daysIn(year, month)) return undefined;
  return { at: Date.UTC(year, month - 1, day, hour, minute, second, millisecond), text };
}

/** NaN if any character is no digit. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** How far the zone's clocks are ahead of UTC when they show this wall time, in milliseconds; 0 for an unknown zone. */
function offsetAt(wall: number, zone: string): number {
  if (zone === 'UTC') return 0;
  // The offset depends on the moment, and the moment on the offset. The second look settles it at a clock change.
  const guess = offsetOf(wall, zone);
  return offsetOf(wall - guess, zone);
}

function offsetOf(at: number, zone: string): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const parts = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
    if (!parts) return 0;
    const offset = (Number(parts[2]) * 60 + Number(parts[3])) * 60_000;
    return parts[1] === '-' ? -offset : offset;
  } catch {
    return 0;
  }
}
