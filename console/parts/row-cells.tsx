import { memo } from 'react';
import { Link } from 'wouter';
import { useSpeech } from '../words/words.tsx';
import { type Row, amountOf, happenedOf, whoOf } from './event.ts';
import { Icon } from './icon.tsx';
import { writtenMoney } from './money.ts';
import { eventName, happeningName } from './type-name.ts';
import { Clock, Since } from './moment.tsx';
import { Personal } from './personal.tsx';
import { Refund } from './refund.tsx';
import { storyOf } from './story-address.ts';

/** In milliseconds. An event that was received this much later than it happened is marked as late. */
const LATE = 5 * 60 * 1_000;

interface RowCellsProps {
  readonly row: Row;
  readonly isOpen: boolean;
  readonly isFocusable: boolean;
  readonly onChoose: (row: Row) => void;
  /** The start of this minute, by which ages are computed, in milliseconds since 1970. */
  readonly now: number;
}

/** One event of a list. It is drawn again only if it changes itself, since rows above it come and go all the time. */
export const RowCells = memo(function RowCells({ row, isOpen, isFocusable, onChoose, now }: RowCellsProps) {
  const { words, language } = useSpeech();
  const { node } = row;
  const happened = happenedOf(node);
  const amount = amountOf(node);
  const title = eventName(node, words);
  const by = node.canceledBy && words.cancelledBy[node.canceledBy.type];
  const who = whoOf(node);
  const isLate = Date.parse(node.receivedAt) - Date.parse(node.occurredAt) > LATE;
  return (
    <>
      <span role="cell" className="when">
        <Since at={node.occurredAt} now={now} />
        {isLate ? (
          <span className="second">
            {words.received} <Clock at={node.receivedAt} />
          </span>
        ) : null}
      </span>
      <span role="cell" className={`happened ${happened}`}>
        <span className="chip-of">
          <Icon of={happened} /> {happeningName(node, words)}
        </span>
      </span>
      <span role="cell" className="who">
        {who === undefined ? null : <Personal value={who?.name ?? who?.email} data={node.personalData} />}
        {by ? <span className="second">{by}</span> : null}
      </span>
      <span role="cell" className="what">
        <button
          type="button"
          tabIndex={isFocusable ? 0 : -1}
          aria-expanded={isOpen}
          aria-label={words.details(title)}
          onClick={() => onChoose(row)}
        >
          <bdi>{title}</bdi>
        </button>
        {node.isScheduled ? (
          <span className="scheduled" title={words.scheduledAdvice}>
            {words.scheduled}
          </span>
        ) : null}
        {node.superseded ? (
          <span className="superseded" title={words.supersededAdvice}>
            {words.superseded}
          </span>
        ) : null}
      </span>
      <span role="cell" className="amount">
        {amount ? <span className="worth">{writtenMoney(language, amount)}</span> : null}
        {node.refundExpected == null ? null : <Refund expected={node.refundExpected} />}
      </span>
      <span role="cell" className="source">
        <span>{node.source}</span>
        {node.subject ? (
          <Link
            className="to-story"
            href={storyOf(node.tenant.id, node.subject)}
            tabIndex={isFocusable ? 0 : -1}
            aria-label={words.story.open(title)}
            title={words.story.open(title)}
          >
            <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
              <path d="M6 3.5 10.5 8 6 12.5" />
            </svg>
          </Link>
        ) : null}
      </span>
    </>
  );
});
