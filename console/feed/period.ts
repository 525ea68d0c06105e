/** From when (inclusive) until when (exclusive) something happened, in milliseconds since 1970. Null is without end. */
export interface Period {
  readonly from: number | null;
  readonly to: number | null;
}

export const ANY_TIME: Period = { from: null, to: null };

const HOUR = 60 * 60 * 1_000;

/** Ready choices. Each becomes fixed moments, so that the address shows everybody the same. */
export const CHOICES = {
  lastHour: (now: number): Period => ({ from: toMinute(now - HOUR), to: null }),
  today: (now: number): Period => ({ from: new Date(now).setHours(0, 0, 0, 0), to: null }),
  week: (now: number): Period => ({ from: toMinute(now - 7 * 24 * HOUR), to: null }),
} as const;

export function periodOf(search: URLSearchParams): Period {
  return { from: momentOf(search.get('from')), to: momentOf(search.get('to')) };
}

/** The moment in an address: in UTC, so that it means the same in every time zone. */
export function addressOf(moment: number | null): string {
  return moment === null ? '' : new Date(moment).toISOString().replace(/(:00)?\.000Z$/, 'Z');
}

/** The moment in a field for date and time, in the viewer's time zone. */
export function fieldOf(moment: number | null): string {
  if (moment === null) return '';
  const at = new Date(moment);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Parses an address or a field. Null if it is no moment. */
export function momentOf(text: string | null): number | null {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function toMinute(moment: number): number {
  return moment - (moment % 60_000);
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
