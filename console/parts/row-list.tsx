import { type Range, defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useMinute } from '../overview/use-minute.ts';
import { useWords } from '../words/words.tsx';
import { type Anchored, useAnchor } from './anchor.ts';
import type { Row } from './event.ts';
import { useIsNarrow } from './narrow.ts';
import { RowCells } from './row-cells.tsx';
import { useFocus, useReturn } from './row-focus.ts';
import { linesOf, nextRow, targetOf } from './sections.ts';

/** In rem: one line, or three on a phone. */
const HEIGHT = { wide: 2.5, narrow: 5.25, heading: 2.1 };
/** If fewer lines than this are left before or after the visible ones, more are needed. */
const FEW = 16;

export interface RowListHandle {
  /** Scrolls to the first row and focuses it. */
  toTop(): void;
}

interface RowListProps {
  readonly label: string;
  readonly rows: readonly Row[];
  /** The id of the event whose details are open. */
  readonly open: string | null;
  /** Keep it stable: rows are drawn again when it changes. */
  readonly onOpen: (row: Row) => void;
  /** Called when the first row becomes visible or hidden. */
  readonly onTop?: (isInSight: boolean) => void;
  /** Called when few rows are left above or below the visible ones. */
  readonly onNearStart?: () => void;
  readonly onNearEnd?: () => void;
  /** Whether visible rows keep their place when rows before them appear or disappear. */
  readonly anchored?: Anchored;
  /** The cursor of the row at the top when the list appears. */
  readonly begin?: string | null;
  /** Called with the row at the top, whenever the list has moved. */
  readonly onFirst?: (cursor: string, isFirst: boolean) => void;
  /** Whether there are more rows than these, in unknown number. */
  readonly endless?: boolean;
  /** The heading above a row. Keep it stable while the rows don't change. */
  readonly sectionOf?: (row: Row) => string;
  /** Shown after the last row. */
  readonly end?: ReactNode;
  readonly ref?: Ref<RowListHandle>;
}

/**
 * A list of any number of events. Only the visible ones are in the page. Arrow keys, Home and End move between them and take open details
 * along.
 */
export function RowList(props: RowListProps) {
  const { label, rows, open, onOpen, onTop, onNearStart, onNearEnd, anchored = false, sectionOf, end, ref } = props;
  const { begin = null, onFirst, endless = false } = props;
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  const height = useHeights(isNarrow);
  const lines = useMemo(() => linesOf(rows, sectionOf), [rows, sectionOf]);
  /** The row that has the focus, or had it last. */
  const [current, setCurrent] = useState<string | null>(null);
  const found = current === null ? -1 : lines.findIndex(({ key }) => key === current);

  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => ('row' in lines[index]! ? height.row : height.heading),
    getItemKey: useCallback((index: number) => lines[index]!.key, [lines]),
    // The focused row stays in the page even when it is out of sight, since the focus would be lost with it.
    rangeExtractor: useCallback((range: Range) => withLine(found, range), [found]),
    // Only used when the list appears. After that, scrolling decides which row is at the top.
    initialOffset: () =>
      lines
        .slice(
          0,
          // The first row stands below its heading.
          begin === rows[0]?.cursor
            ? 0
            : Math.max(
                0,
                lines.findIndex(({ key }) => key === begin),
              ),
        )
        .reduce((offset, line) => offset + ('row' in line ? height.row : height.heading), 0),
    overscan: 8,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  useAnchor(box, virtualizer, lines, anchored, height.row / 2);

  useEffect(() => onTop?.((box.current?.scrollTop ?? 0) < height.row / 2), [onTop, height]);
  const moved = ({ scrollTop }: HTMLElement) => {
    onTop?.(scrollTop < height.row / 2);
    const index = virtualizer.getVirtualItemForOffset(scrollTop + height.row / 2)?.index ?? -1;
    const line = lines[nextRow(lines, index, 1)];
    if (line && 'row' in line) onFirst?.(line.key, line.row === rows[0]);
  };

  const items = virtualizer.getVirtualItems();
  const { startIndex: first, endIndex: last } = virtualizer.range ?? { startIndex: 0, endIndex: -1 };
  useEffect(() => {
    if (lines.length > 0 && first <= FEW) onNearStart?.();
    if (lines.length > 0 && last >= lines.length - 1 - FEW) onNearEnd?.();
  }, [first, last, lines.length, onNearStart, onNearEnd]);

  const focusable = found === -1 ? nextRow(lines, first, 1) : found;
  const focus = useFocus(box, current, setCurrent);
  useImperativeHandle(ref, () => ({
    toTop: () => {
      if (box.current) box.current.scrollTop = 0;
      const top = lines[nextRow(lines, 0, 1)];
      if (top) focus(top.key);
    },
  }));
  useReturn(open, rows, focus, lines[focusable]?.key ?? null);
  const choose = useCallback(
    (row: Row) => {
      setCurrent(row.cursor);
      onOpen(row);
    },
    [onOpen],
  );
  const move = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = targetOf(event.key, focusable, lines, Math.max(1, last - first - 1));
    const line = lines[to];
    if (!line || !('row' in line)) return;
    event.preventDefault();
    focus(line.key);
    virtualizer.scrollToIndex(to === nextRow(lines, 0, 1) ? 0 : to);
    if (open !== null && line.row.node.id !== open) onOpen(line.row);
  };

  /** A click anywhere in the row opens its details, unless somebody selects text in it. */
  const point = ({ target }: MouseEvent) => {
    if (!(target instanceof Element) || target.closest('button, a') || getSelection()?.isCollapsed === false) return;
    const key = target.closest<HTMLElement>('[data-line]')?.dataset['line'];
    const line = lines.find((one) => one.key === key);
    if (line && 'row' in line) choose(line.row);
  };
  const hasScrollbar = virtualizer.getTotalSize() > (virtualizer.scrollRect?.height ?? 0);
  const now = useMinute();
  return (
    <div
      className="list"
      role="table"
      aria-label={label}
      aria-rowcount={endless ? -1 : lines.length + 1 + (end ? 1 : 0)}
    >
      <div role="rowgroup" className={hasScrollbar ? 'list-head beside-scrollbar' : 'list-head'}>
        <div role="row" aria-rowindex={1} className="row">
          {(['when', 'happened', 'who', 'what', 'amount', 'source'] as const).map((name) => (
            <span key={name} role="columnheader" className={name}>
              {words.columns[name]}
            </span>
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        className="list-body"
        ref={box}
        onKeyDown={move}
        onClick={point}
        onScroll={(event) => moved(event.currentTarget)}
      >
        <div className="list-length" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const line = lines[item.index]!;
            const place = { height: item.size, transform: `translateY(${item.start}px)` };
            if ('heading' in line) {
              return (
                <div key={item.key} role="row" aria-rowindex={item.index + 2} className="section" style={place}>
                  <span role="cell" aria-colspan={6}>
                    {line.heading}
                  </span>
                </div>
              );
            }
            const { row } = line;
            const isOpen = open === row.node.id;
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                data-line={line.key}
                data-event={row.node.eventId}
                className={isOpen ? 'row open' : 'row'}
                style={place}
              >
                <RowCells
                  row={row}
                  isOpen={isOpen}
                  isFocusable={item.index === focusable}
                  onChoose={choose}
                  now={now}
                />
              </div>
            );
          })}
        </div>
        {end ? (
          <div role="row" aria-rowindex={lines.length + 2} className="list-end">
            <span role="cell" aria-colspan={6}>
              {end}
            </span>
          </div>
        ) : null}
      </div>
    </div>
  );
}

function useHeights(isNarrow: boolean) {
  return useMemo(() => {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    return { row: rem * (isNarrow ? HEIGHT.narrow : HEIGHT.wide), heading: rem * HEIGHT.heading };
  }, [isNarrow]);
}

/** The visible lines of the page, and this line too. */
function withLine(line: number, range: Range): number[] {
  const indexes = defaultRangeExtractor(range);
  if (line < 0 || line >= range.count || indexes.includes(line)) return indexes;
  return [...indexes, line].toSorted((a, b) => a - b);
}
