import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { amountOf, happenedOf, titleOf, wordOf } from '../parts/event.ts';
import { hasOwnName } from '../parts/happened.ts';
import { Icon } from '../parts/icon.tsx';
import { meaningOf } from '../parts/label.ts';
import { dateFormat } from '../parts/moment.tsx';
import { writtenMoney } from '../parts/money.ts';
import { Refund } from '../parts/refund.tsx';
import { storyOf } from '../parts/story-address.ts';
import { spaced, typeName } from '../parts/type-name.ts';
import { useLabels } from '../words/use-labels.ts';
import { useSpeech, useWords } from '../words/words.tsx';
import type { StoryEvent } from './story-document.ts';

interface TimelineProps {
  /** The oldest first. */
  readonly events: readonly StoryEvent[];
  readonly open: string | null;
  readonly onOpen: (id: string) => void;
  /** Whether the events have several subjects. Then each event links to the story of its subject. */
  readonly isOfMany?: boolean;
}

/** Events in a column, under the days on which they happened. */
export function Timeline({ events, open, onOpen, isOfMany = false }: TimelineProps) {
  const { words, language } = useSpeech();
  const day = dateFormat(language, { dateStyle: 'full' });
  const days = Map.groupBy(events, ({ occurredAt }) => day.format(Date.parse(occurredAt)));
  return (
    <div className="timeline">
      {[...days].map(([name, ofDay]) => (
        <section key={name} aria-label={name}>
          <h3>{name}</h3>
          <ol>
            {ofDay.map((event) => (
              <Happened key={event.id} event={event} isOpen={open === event.id} onOpen={onOpen}>
                {isOfMany && event.subject ? (
                  <Link href={storyOf(event.tenant.id, event.subject)}>{titleOf(event) ?? words.story.whole}</Link>
                ) : null}
              </Happened>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

interface HappenedProps {
  readonly event: StoryEvent;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
  readonly children: ReactNode;
}

function Happened({ event, isOpen, onOpen, children }: HappenedProps) {
  const { words, language } = useSpeech();
  const happened = happenedOf(event);
  const amount = event.refund?.amount ?? amountOf(event);
  const name = useHappeningName(event);
  const by = event.canceledBy && words.cancelledBy[event.canceledBy.type];
  const reason = event.refund?.reason ?? event.reason;
  return (
    <li className={happened}>
      <time dateTime={event.occurredAt}>
        {dateFormat(language, { timeStyle: 'short' }).format(Date.parse(event.occurredAt))}
      </time>
      <span className="chip-of">
        <Icon of={happened} />
        <button type="button" aria-expanded={isOpen} onClick={() => onOpen(event.id)}>
          {name}
        </button>
      </span>
      <span className="worth">{amount ? writtenMoney(language, amount) : null}</span>
      <span className="second">
        {children}
        {by ? <span>{by}</span> : null}
        {event.isScheduled ? <span>{words.scheduled}</span> : null}
        {event.superseded ? <span title={words.supersededAdvice}>{words.superseded}</span> : null}
        {event.refundExpected == null ? null : <Refund expected={event.refundExpected} />}
        {reason ? <q>{reason}</q> : null}
      </span>
    </li>
  );
}

/** The name of a happening, as people sort it. For others, the word of its type. */
export function useHappeningName(event: StoryEvent): string {
  const words = useWords();
  const labels = useLabels();
  const happened = happenedOf(event);
  const word = wordOf(event);
  if (happened !== 'other' && !hasOwnName(word)) return words.happenings[happened];
  const said = word ?? event.inBrief?.happened;
  if (!said) return typeName(event.__typename, words);
  return capital(meaningOf(said, { words, labels }) ?? spaced(said));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
