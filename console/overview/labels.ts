import { dateFormat } from '../parts/moment.tsx';
import type { BucketSize } from './range.ts';
import type { Bucket } from './tally.ts';
import { UTC, clockAt } from './time-zone.ts';

/** The name of a bucket on the axis: its time, or the day that it begins. */
export function tickLabel(language: string, size: BucketSize, timeZone: string, at: number): string {
  const clock = clockAt(at, timeZone);
  const isDay = size === 'DAY' || (clock.getUTCHours() === 0 && clock.getUTCMinutes() === 0);
  const format = isDay
    ? dateFormat(language, { day: 'numeric', month: 'short', timeZone })
    : dateFormat(language, { hour: 'numeric', minute: '2-digit', timeZone });
  return format.format(at);
}

/** The full name of a bucket: its start, its end and its day. */
export function bucketName(language: string, size: BucketSize, timeZone: string, { startsAt, endsAt }: Bucket): string {
  const day = { weekday: 'short', day: 'numeric', month: 'short', timeZone } as const;
  const time = { hour: 'numeric', minute: '2-digit', timeZone } as const;
  switch (size) {
    case 'MINUTE':
      return dateFormat(language, time).format(startsAt);
    case 'HOUR':
      return `${dateFormat(language, day).format(startsAt)}, ${dateFormat(language, time).formatRange(startsAt, endsAt)}`;
    case 'DAY':
      return dateFormat(language, day).format(startsAt);
  }
}

/** The common name of a zone: "Brasilia Time". If there is none, its own name. */
export function zoneName(language: string, timeZone: string): string {
  // For UTC, the generic name would be "GMT+00:00".
  const timeZoneName = timeZone === UTC ? 'long' : 'longGeneric';
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
