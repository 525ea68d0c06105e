import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useSession } from '../gateway/gateway.tsx';
import { Details } from '../parts/details.tsx';
import { happenedOf, peopleOf, titleOf } from '../parts/event.ts';
import { Icon } from '../parts/icon.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { useOpen } from '../parts/open.ts';
import { Personal } from '../parts/personal.tsx';
import { personOf, storyOf } from '../parts/story-address.ts';
import { StreamBadge } from '../parts/stream-badge.tsx';
import { SubjectName } from '../parts/subject-name.tsx';
import { useWords } from '../words/words.tsx';
import { Besides } from './besides.tsx';
import { type Subject, relatedTo } from './chapters.ts';
import { verdictOf } from './money-back.ts';
import { MoneySentence } from './money-sentence.tsx';
import type { StoryEvent } from './story-document.ts';
import { Timeline, useHappeningName } from './timeline.tsx';
import { useSubjectStory } from './use-story.ts';

/** All events of one order, ticket, booking or subscription, and whether the money went back. */
export function Story() {
  const words = useWords();
  const [search] = useSearchParams();
  const subject = search.get('of') ?? '';
  const tenant = search.get('tenant');
  const story = useSubjectStory(tenant, subject);
  const { events } = story;
  const latest = events.findLast(({ superseded }) => !superseded) ?? events.at(-1);
  const title = events.map(titleOf).findLast(Boolean);
  const { signedIn } = useSession();
  const named = signedIn?.claims.scopes.has('pii:read')
    ? events.findLast((event) => peopleOf(event).length > 0)
    : undefined;
  const email = named && peopleOf(named)[0]?.email;
  return (
    <StoryPage
      story={story}
      heading={
        <>
          <span className="kicker">
            <SubjectName subject={subject} />
          </span>
          {title ? <bdi>{title}</bdi> : <SubjectName subject={subject} />}
        </>
      }
      after={email && latest ? <Besides email={email} own={{ tenant: latest.tenant.id, subject }} /> : null}
    >
      {latest ? <About events={events} latest={latest} subject={{ tenant: latest.tenant.id, subject }} /> : null}
      {story.isLoaded && events.length === 0 ? (
        <Notice title={words.story.empty}>
          <p>{words.story.emptyAdvice}</p>
          <Link href="/events">{words.pages.events}</Link>
        </Notice>
      ) : null}
    </StoryPage>
  );
}

interface AboutProps {
  readonly events: readonly StoryEvent[];
  readonly latest: StoryEvent;
  readonly subject: Subject;
}

/** The present state of the subject: the last event, the money, the people, and related subjects. */
function About({ events, latest, subject }: AboutProps) {
  const words = useWords();
  const verdict = verdictOf(events);
  const last = events.findLast((event) => happenedOf(event) !== 'other') ?? latest;
  const happened = happenedOf(last);
  const name = useHappeningName(last);
  const related = relatedTo(subject, events);
  return (
    <div className="card about">
      <p className={`state ${happened}`}>
        <span className="chip-of">
          <Icon of={happened} /> {name}
        </span>
      </p>
      {verdict ? <MoneySentence verdict={verdict} provider={latest.provider} /> : null}
      <People events={events} />
      {related.length > 0 ? (
        <p className="related">
          {words.story.related}{' '}
          {related.map((one) => (
            <Link key={one.subject} href={storyOf(one.tenant, one.subject)}>
              <SubjectName subject={one.subject} />
            </Link>
          ))}
        </p>
      ) : null}
    </div>
  );
}

/** The people of the subject, with links to their stories. */
function People({ events }: { readonly events: readonly StoryEvent[] }) {
  const words = useWords();
  const { signedIn } = useSession();
  const named = events.findLast((event) => peopleOf(event).length > 0);
  const latest = events.at(-1)!;
  if (!signedIn?.claims.scopes.has('pii:read') || !named) {
    return latest.personalData === 'AVAILABLE' ? null : (
      <p>
        {words.columns.who}: <Personal value={null} data={latest.personalData} />
      </p>
    );
  }
  return (
    <p className="people">
      {words.columns.who}:{' '}
      {peopleOf(named).map(({ name, email }, place) => (
        <Link key={email} href={personOf(named.id, place)} title={words.story.ofPerson}>
          <bdi>{name ?? email}</bdi>
        </Link>
      ))}
    </p>
  );
}

interface StoryPageProps {
  readonly story: ReturnType<typeof useSubjectStory>;
  readonly heading: ReactNode;
  readonly isOfMany?: boolean;
  /** Shown above the events. */
  readonly children: ReactNode;
  /** Shown below the events. */
  readonly after?: ReactNode;
}

/** A page with events in order, and the details of one event beside them. */
export function StoryPage({ story, heading, isOfMany = false, children, after = null }: StoryPageProps) {
  const words = useWords();
  const [open, setOpen] = useOpen();
  const { events, condition, error, again, isLoaded, isCut, gone } = story;
  return (
    <section className="page scrolls story" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{heading}</h1>
        <StreamBadge condition={condition} />
      </header>
      {error ? <Failure error={error} again={again} /> : null}
      {isLoaded || error ? null : <p className="loading">{words.loading}</p>}
      {children}
      {events.length > 0 ? (
        <div className="beside">
          <div className="told">
            <h2>{words.story.happened}</h2>
            {isCut ? <p className="note">{words.story.cut(events.length)}</p> : null}
            <Timeline events={events} open={open} onOpen={setOpen} isOfMany={isOfMany} />
          </div>
          {open ? (
            <Details
              id={open}
              known={events.find(({ id }) => id === open) ?? null}
              erased={gone}
              onClose={() => setOpen(null)}
            />
          ) : null}
        </div>
      ) : null}
      {after}
    </section>
  );
}
