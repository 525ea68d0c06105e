import { useSearchParams } from 'wouter';
import { useSession } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { useQuery } from '../gateway/query.ts';
import { EventRow, peopleOf } from '../parts/event.ts';
import { Failure, Notice } from '../parts/notice.tsx';
import { Reach } from '../parts/reach.tsx';
import { useWords } from '../words/words.tsx';
import { ChapterCard } from './chapter-card.tsx';
import { chaptersOf } from './chapters.ts';
import { StoryPage } from './story.tsx';
import { usePersonStory } from './use-story.ts';

const NAMED = graphql(
  `
    query Named($id: ID!) {
      node(id: $id) {
        __typename
        ... on Event {
          ...EventRow
        }
      }
    }
  `,
  [EventRow],
);

/** Everything that happened to the person whom an event names. */
export function Person() {
  const words = useWords();
  const { signedIn } = useSession();
  const [search] = useSearchParams();
  const { data, error, again } = useQuery(NAMED, { id: search.get('event') ?? '' });
  if (!signedIn?.claims.scopes.has('pii:read')) {
    return (
      <section className="page">
        <h1>{words.story.person}</h1>
        <Notice title={words.withheld}>
          <p>{words.withheldAdvice}</p>
        </Notice>
      </section>
    );
  }
  const node = data?.node && 'inBrief' in data.node ? data.node : null;
  const who = node && peopleOf(node)[Number(search.get('place') ?? 0)];
  if (who?.email) return <OfPerson key={who.email} name={who.name} email={who.email} />;
  return (
    <section className="page">
      <h1>{words.story.person}</h1>
      {error ? <Failure error={error} again={again} /> : null}
      {data ? (
        <Notice title={words.notThere.title}>
          <p>{words.notThere.advice}</p>
        </Notice>
      ) : null}
      {data || error ? null : <p className="loading">{words.loading}</p>}
    </section>
  );
}

function OfPerson({ name, email }: { readonly name: string | null; readonly email: string }) {
  const words = useWords();
  const story = usePersonStory(email);
  const isThere = story.events.some(({ personalData }) => personalData === 'AVAILABLE') || !story.isLoaded;
  return (
    <StoryPage
      story={story}
      heading={
        <>
          <span className="kicker">{words.story.person}</span>
          {isThere ? <bdi>{name ?? email}</bdi> : words.erased}
        </>
      }
      isOfMany
    >
      {isThere ? (
        <p>
          <Reach value={email} data="AVAILABLE" />
        </p>
      ) : (
        <p className="note">{words.erasedAdvice}</p>
      )}
      <h2>{words.story.things}</h2>
      <div className="chapters">
        {chaptersOf(story.events).map((chapter) => (
          <ChapterCard key={chapter.subject + chapter.tenant} chapter={chapter} />
        ))}
      </div>
    </StoryPage>
  );
}
