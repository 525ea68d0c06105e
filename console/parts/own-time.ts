/** A moment on the clocks of the event's own place. */
export interface OwnTime {
  /** The zone's name, or the offset that was written: `America/Recife`, `-03:00`, `UTC`. */
  readonly zone: string;
  /** In milliseconds, to be formatted as if it were UTC. */
  readonly shifted: number;
}

const OFFSET = /(Z|[+-]\d{2}(?::?\d{2})?)$/i;

/** A moment in the zone that the event names, or with the offset in a time that the provider wrote. Null if there is neither. */
export function ownTimeOf(at: string, timeZone: string | null, written: string): OwnTime | null {
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return null;
  const named = timeZone === null ? null : offsetIn(timeZone, moment);
  if (timeZone !== null && named !== null) return { zone: timeZone, shifted: moment + named };
  const [, offset] = OFFSET.exec(written.replace(/^\d{4}-\d{2}-\d{2}$/, '')) ?? [];
  if (offset === undefined) return null;
  if (offset.toUpperCase() === 'Z') return { zone: 'UTC', shifted: moment };
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  const zone = `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
  return { zone, shifted: moment + (offset.startsWith('-') ? -1 : 1) * minutes * 60_000 };
}

/** The offset of a zone from UTC at a moment, in milliseconds. Null if there is no such zone. */
function offsetIn(timeZone: string, moment: number): number | null {
  try {
    const parts = new Intl.DateTimeFormat('en-u-ca-gregory-hc-h23', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(moment);
    const part = (wanted: string) => Number(parts.find(({ type }) => type === wanted)?.value);
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return wall - Math.floor(moment / 1_000) * 1_000;
  } catch {
    return null;
  }
}
