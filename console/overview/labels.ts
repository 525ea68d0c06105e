import { dateFormat } from '../parts/moment.tsx';
import type { BucketSize } from './range.ts';
import type { Bucket } from './tally.ts';
import { UTC, clockAt } from './time-zone.ts';

/** What the axis says of a bucket: its time, or the day that it begins. */
export function tickLabel(language: string, size: BucketSize, timeZone: string, at: number): string {
  const clock = clockAt(at, timeZone);
  const isDay = size === 'DAY' || (clock.getUTCHours() === 0 && clock.getUTCMinutes() === 0);
  const format = isDay
    ? dateFormat(language, { day: 'numeric', month: 'short', timeZone })
    : dateFormat(language, { hour: 'numeric', minute: '2-digit', timeZone });
  return format.format(at);
}

/** What a bucket is called where there is room: from when to when, and of which day. */
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

/** What people call a zone: "Brasilia Time". Its own name where nobody calls it otherwise. */
export function zoneName(language: string, timeZone: string): string {
  // The generic name of UTC is "GMT+00:00".
  const timeZoneName = timeZone === UTC ? 'long' : 'longGeneric';
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
