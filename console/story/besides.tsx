import { useQuery } from '../gateway/query.ts';
import { useWords } from '../words/words.tsx';
import { ChapterCard } from './chapter-card.tsx';
import { type Subject, chaptersOf, inOrder } from './chapters.ts';
import { ABOUT_PERSON, MOST } from './story-document.ts';

/** The most other subjects that are shown. The person's own page has all of them. */
const MOST_SHOWN = 6;

/** The person's other subjects, such as the order of a ticket, which no event of the ticket names. */
export function Besides({ email, own }: { readonly email: string; readonly own: Subject }) {
  const { story } = useWords();
  const { data } = useQuery(ABOUT_PERSON, { email, last: MOST });
  const events = inOrder(data?.events.edges.map(({ node }) => node) ?? []);
  const others = chaptersOf(events).filter(({ subject, tenant }) => subject !== own.subject || tenant !== own.tenant);
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="besides-title" className="besides">
      <h2 id="besides-title">{story.besides}</h2>
      <div className="chapters">
        {others.slice(0, MOST_SHOWN).map((chapter) => (
          <ChapterCard key={chapter.tenant + chapter.subject} chapter={chapter} />
        ))}
      </div>
    </section>
  );
}
