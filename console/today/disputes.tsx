import { Link } from 'wouter';
import { writtenMoney } from '../parts/money.ts';
import { dateFormat } from '../parts/moment.tsx';
import { useSpeech } from '../words/words.tsx';
import type { Disputed } from './ledger.ts';

const DAY = 86_400_000;

/** What banks took back, and until when one may answer it. */
export function Disputes({ disputed, now }: { readonly disputed: readonly Disputed[]; readonly now: number }) {
  const { words, language } = useSpeech();
  if (disputed.length === 0) return null;
  const date = dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const left = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  return (
    <section className="notice error disputes" aria-labelledby="disputes-title">
      <h2 id="disputes-title">{words.today.disputes}</h2>
      <ul>
        {disputed.map(({ id, title, value, respondBy }) => (
          <li key={id}>
            <Link href={`/events?what=chargedBack&open=${encodeURIComponent(id)}`}>{title ?? words.untitled}</Link>
            {value ? <span className="number">{writtenMoney(language, value)}</span> : null}
            <span>
              {respondBy
                ? words.today.answerBy(
                    date.format(Date.parse(respondBy)),
                    left.format(Math.floor((Date.parse(respondBy) - now) / DAY), 'day'),
                  )
                : words.today.noDeadline}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
