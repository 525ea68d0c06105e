import type { Instant } from '../events/instant.ts';

// Date, blank or T, time, then a fraction of any length behind a point, a comma or (Wix) a colon, then a zone or none.
const FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?\s*(?:(Z)|\[?([+-])(\d{2}):?(\d{2})?\]?)?$/i;

/**
 * Reads a time as providers write it: microseconds, offsets, `2023-09-20 17:25:42`, `…:ss:SSS`. Node's own parser
 * takes a time without zone as the machine's local one and rolls February 30th over into March; here the first is in
 * `zone` and the second is no time. Finer than a millisecond is cut off and kept in `text`.
 *
 * @param zone IANA name of the zone of a time that names none.
 * @returns null when the text is no time.
 */
export function parseInstant(text: string, zone = 'UTC'): Instant | null {
  const parts = FORM.exec(text);
  if (!parts) return null;
  const field = (index: number) => Number(parts[index] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(field) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const millisecond = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const wall = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for the twentieth century.
  wall.setUTCFullYear(year, month - 1, day);
  wall.setUTCHours(hour, minute, second, millisecond);

  if (parts[8]) return { at: wall.getTime(), text };
  if (!parts[9]) return { at: wall.getTime() - offsetAt(wall.getTime(), zone), text };
  const [hours, minutes] = [field(10), field(11)];
  if (hours > 23 || minutes > 59) return null;
  const offset = (hours * 60 + minutes) * 60_000;
  return { at: wall.getTime() - (parts[9] === '-' ? -offset : offset), text };
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** How far the zone's clocks are ahead of UTC when they show this wall time, in milliseconds; 0 for an unknown zone. */
function offsetAt(wall: number, zone: string): number {
  if (zone === 'UTC') return 0;
  // The offset depends on the moment and the moment on the offset: the second look settles it at a clock change.
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
