import { Link } from 'wouter';
import { happenedOf, titleOf } from '../parts/event.ts';
import { Icon } from '../parts/icon.tsx';
import { storyOf } from '../parts/story-address.ts';
import { SubjectName } from '../parts/subject-name.tsx';
import type { Chapter } from './chapters.ts';
import { verdictOf } from './money-back.ts';
import { MoneySentence } from './money-sentence.tsx';
import { useHappeningName } from './timeline.tsx';

/** The present state of one of a person's subjects. */
export function ChapterCard({ chapter: { tenant, subject, events } }: { readonly chapter: Chapter }) {
  const verdict = verdictOf(events);
  const title = events.map(titleOf).findLast(Boolean);
  const last = events.findLast((event) => happenedOf(event) !== 'other') ?? events.at(-1)!;
  const happened = happenedOf(last);
  const name = useHappeningName(last);
  return (
    <article className="card chapter">
      <h3>
        <Link href={storyOf(tenant, subject)}>{title ? <bdi>{title}</bdi> : <SubjectName subject={subject} />}</Link>
      </h3>
      <p className={`state ${happened}`}>
        <span className="chip-of">
          <Icon of={happened} /> {name}
        </span>
        {title ? (
          <span className="note">
            <SubjectName subject={subject} />
          </span>
        ) : null}
      </p>
      {verdict ? <MoneySentence verdict={verdict} provider={events.at(-1)!.provider} /> : null}
    </article>
  );
}
