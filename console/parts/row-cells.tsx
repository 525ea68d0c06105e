import { memo } from 'react';
import { useWords } from '../words/words.tsx';
import type { Row } from './cancellation.ts';
import { Moment } from './moment.tsx';
import { Personal } from './personal.tsx';
import { Refund } from './refund.tsx';

/** What came so much later than it happened is said to, in milliseconds. */
const LATE = 5 * 60 * 1_000;

interface RowCellsProps {
  readonly row: Row;
  readonly isOpen: boolean;
  readonly isFocusable: boolean;
  /** Whether there are no headings above it. */
  readonly isCard: boolean;
  readonly onChoose: (row: Row) => void;
  /** Which day it is: times of another one are written with theirs. */
  readonly today: string;
}

/** One cancellation in a list. Drawn again only when it changes itself: those above it come and go all the time. */
export const RowCells = memo(function RowCells({ row, isOpen, isFocusable, isCard, onChoose }: RowCellsProps) {
  const words = useWords();
  const { node } = row;
  const title = node.title ?? words.untitled;
  const by = words.cancelledBy[node.canceledBy.type];
  const isLate = Date.parse(node.receivedAt) - Date.parse(node.occurredAt) > LATE;
  return (
    <>
      <span role="cell" className="when">
        <Moment at={node.occurredAt} />
        {isLate ? (
          <span className="second">
            {words.received} <Moment at={node.receivedAt} />
          </span>
        ) : null}
      </span>
      <span role="cell" className="who">
        <Personal value={node.customer?.name ?? node.customer?.email} data={node.personalData} />
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
      <span role="cell" className="kind">
        {words.kinds[node.kind]}
      </span>
      <span role="cell" className="source">
        {node.source}
      </span>
      <span role="cell" className="refund-cell">
        <Refund expected={node.refundExpected} isUnderHeading={!isCard} />
      </span>
    </>
  );
});
