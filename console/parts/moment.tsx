import { localeOf } from '../words/locales.ts';
import { useSpeech } from '../words/words.tsx';

const DAY = 24 * 60 * 60 * 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** A format for dates, made only once: making one takes longer than using it a hundred times. */
export function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(localeOf(language), options)));
  return format;
}

/** A moment in the viewer's zone: the time, and the day if it is another day. Pointing at it shows the whole moment with its zone. */
export function Moment({ at, now = Date.now() }: { readonly at: string; readonly now?: number }) {
  const { language } = useSpeech();
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return <span>{at}</span>;
  const isRecent = Math.abs(now - moment.getTime()) < DAY && moment.getDate() === new Date(now).getDate();
  const short = dateFormat(language, isRecent ? { timeStyle: 'medium' } : { dateStyle: 'short', timeStyle: 'short' });
  const whole = dateFormat(language, { dateStyle: 'full', timeStyle: 'long' });
  return (
    <time dateTime={at} title={whole.format(moment)}>
      {short.format(moment)}
    </time>
  );
}

/** The time alone, for a row under the heading of its day. */
export function Clock({ at }: { readonly at: string }) {
  const { language } = useSpeech();
  const moment = Date.parse(at);
  return <time dateTime={at}>{dateFormat(language, { timeStyle: 'short' }).format(moment)}</time>;
}

const HOUR = 60 * 60 * 1_000;

/** Without the year, which is seldom needed. Lists have headings for days. */
const OTHER_DAY = { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' } as const;

interface SinceProps {
  readonly at: string;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** How long ago it was within the last hour, and otherwise the time. */
export function Since({ at, now }: SinceProps) {
  const { language } = useSpeech();
  const moment = Date.parse(at);
  // `now` is the start of the minute, so a later moment counts as now.
  const isRecent = moment > now - HOUR && moment < now + HOUR;
  const isToday = new Date(moment).toDateString() === new Date(now).toDateString();
  const minutes = Math.max(0, Math.floor((now - moment) / 60_000));
  const short = dateFormat(language, isToday ? { timeStyle: 'short' } : OTHER_DAY);
  const whole = dateFormat(language, { dateStyle: 'full', timeStyle: 'long' });
  return (
    <time dateTime={at} title={whole.format(moment)}>
      {isRecent ? relativeFormat(language).format(-minutes, 'minute') : short.format(moment)}
    </time>
  );
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

function relativeFormat(language: string): Intl.RelativeTimeFormat {
  let format = relatives.get(language);
  if (!format)
    relatives.set(language, (format = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'short' })));
  return format;
}
