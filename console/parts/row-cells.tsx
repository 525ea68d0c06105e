import { memo } from 'react';
import { useWords } from '../words/words.tsx';
import { type Row, titleOf, whoOf } from './event.ts';
import { typeName } from './type-name.ts';
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

/** One event in a list. Drawn again only when it changes itself: those above it come and go all the time. */
export const RowCells = memo(function RowCells({ row, isOpen, isFocusable, isCard, onChoose }: RowCellsProps) {
  const words = useWords();
  const { node } = row;
  const title = titleOf(node) ?? (node.kind ? words.untitled : node.type);
  const by = node.canceledBy && words.cancelledBy[node.canceledBy.type];
  const who = whoOf(node);
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
        {node.kind || title === node.type ? null : <span className="second">{node.type}</span>}
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
        {node.kind ? words.kinds[node.kind] : typeName(node.__typename, words)}
      </span>
      <span role="cell" className="source">
        {node.source}
      </span>
      <span role="cell" className="refund-cell">
        {node.refundExpected === undefined ? null : <Refund expected={node.refundExpected} isUnderHeading={!isCard} />}
      </span>
    </>
  );
});
