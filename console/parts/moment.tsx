import { localeOf } from '../words/locales.ts';
import { useSpeech } from '../words/words.tsx';

const DAY = 24 * 60 * 60 * 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** One of a kind for each: to make one takes longer than to use it a hundred times. */
export function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(localeOf(language), options)));
  return format;
}

/** A moment in the viewer's zone: the time, and the day where it is another one. Whole, with its zone, for those who point at it. */
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
