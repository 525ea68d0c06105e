import { Link } from 'wouter';
import { writtenMoney } from '../parts/money.ts';
import { dateFormat } from '../parts/moment.tsx';
import { useSpeech } from '../words/words.tsx';
import { type Disputed, courseOf } from './dispute.ts';

const DAY = 86_400_000;

/** Chargebacks with their deadlines and outcomes. */
export function Disputes({ disputed, now }: { readonly disputed: readonly Disputed[]; readonly now: number }) {
  const { words, language } = useSpeech();
  if (disputed.length === 0) return null;
  const isUrgent = disputed.some((one) => !OVER.includes(courseOf(one, now)));
  return (
    <section className={`notice ${isUrgent ? 'error' : 'plain'} disputes`} aria-labelledby="disputes-title">
      <h2 id="disputes-title">{words.today.disputes}</h2>
      <ul>
        {disputed.map((one) => (
          <li key={one.id} className={courseOf(one, now)}>
            <Link href={`/events?what=chargedBack&open=${encodeURIComponent(one.id)}`}>
              {one.title ?? words.untitled}
            </Link>
            <span className="number">{one.value ? writtenMoney(language, one.value) : null}</span>
            <span>
              <Course of={one} now={now} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const OVER: readonly string[] = ['won', 'lost', 'closed'];

function Course({ of, now }: { readonly of: Disputed; readonly now: number }) {
  const { words, language } = useSpeech();
  const { respondBy, finishedAt, status } = of;
  const date = (at: string) => dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(Date.parse(at));
  const days = (at: string) => {
    const left = (Date.parse(at) - now) / DAY;
    return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.trunc(left), 'day');
  };
  const { courses } = words.today;
  switch (courseOf(of, now)) {
    case 'won':
      return courses.won(finishedAt && date(finishedAt));
    case 'lost':
      return courses.lost(finishedAt && date(finishedAt));
    case 'closed':
      return courses.closed(date(finishedAt!), status);
    case 'passed':
      return courses.passed(date(respondBy!));
    case 'soon':
      return <strong>{words.today.answerBy(date(respondBy!), days(respondBy!))}</strong>;
    case 'open':
      return words.today.answerBy(date(respondBy!), days(respondBy!));
    case 'undated':
      return words.today.noDeadline;
  }
}
