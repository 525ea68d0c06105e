import { dateFormat } from '../parts/moment.tsx';
import type { BucketSize } from './range.ts';
import type { Bucket } from './tally.ts';

/** What the axis says of a bucket: its time, or the day that it begins. */
export function tickLabel(language: string, size: BucketSize, at: number): string {
  const date = new Date(at);
  const isDay = size === 'DAY' || (date.getHours() === 0 && date.getMinutes() === 0);
  const format = isDay
    ? dateFormat(language, { day: 'numeric', month: 'short' })
    : dateFormat(language, { hour: 'numeric', minute: '2-digit' });
  return format.format(date);
}

/** What a bucket is called where there is room: from when to when, and of which day. */
export function bucketName(language: string, size: BucketSize, { startsAt, endsAt }: Bucket): string {
  const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const time = { hour: 'numeric', minute: '2-digit' } as const;
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
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'longGeneric' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
