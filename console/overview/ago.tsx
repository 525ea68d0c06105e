import { dateFormat } from '../parts/moment.tsx';
import { useSpeech } from '../words/words.tsx';
import { age } from './age.ts';

interface AgoProps {
  readonly at: string;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** How long ago something was. Pointing at it shows the exact time. */
export function Ago({ at, now }: AgoProps) {
  const { language } = useSpeech();
  const moment = Date.parse(at);
  const whole = dateFormat(language, { dateStyle: 'full', timeStyle: 'long' });
  return (
    <time dateTime={at} title={whole.format(moment)}>
      {age(language, moment, now)}
    </time>
  );
}
