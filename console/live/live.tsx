import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import { type Row, typesOf } from '../parts/event.ts';
import { Details } from '../parts/details.tsx';
import { NAMES, addressOf, textMatcher } from '../parts/filter.ts';
import { Filters, useFilter } from '../parts/filters.tsx';
import { useIsNarrow } from '../parts/narrow.ts';
import { dateFormat } from '../parts/moment.tsx';
import { Failure, GapNotice, Notice } from '../parts/notice.tsx';
import { useOpen } from '../parts/open.ts';
import { RowList, type RowListHandle } from '../parts/row-list.tsx';
import { useSourceNames } from '../parts/sources.ts';
import { StreamBadge } from '../parts/stream-badge.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { Arrivals } from './arrivals.tsx';
import { MOST_ROWS, useLive } from './use-live.ts';
import { sectionsOf } from './when.ts';

/** How often it is looked whether the last hour is over for a row, in milliseconds. */
const MINUTE = 60_000;

/** Cancellations, or whichever events are wanted, as they arrive. */
export function Live() {
  const { words, language } = useSpeech();
  const [filter, change, clear] = useFilter();
  const { list, view, erased, condition, error } = useLive(filter);
  const isNarrow = useIsNarrow();
  const [open, setOpen] = useOpen();
  const [isPaused, setIsPaused] = useState(false);
  const [isAtTop, setIsAtTop] = useState(true);
  const box = useRef<RowListHandle>(null);

  const matches = useMemo(() => textMatcher(filter.text), [filter.text]);
  const rows = useMemo(() => view.rows.filter(({ node }) => matches(node)), [view.rows, matches]);
  // Whoever scrolled away or opened one reads, and nothing may move under their eyes.
  const isHeld = isPaused || open !== null || (rows.length > 0 && !isAtTop);
  useLayoutEffect(() => (isHeld ? list.pause() : list.resume()), [list, isHeld]);
  const now = useNow(isHeld);

  const waiting = useMemo(
    () => view.waitingRows.filter(({ node }) => matches(node)).length,
    [view.waitingRows, matches],
  );
  const sectionOf = useMemo(() => {
    const format = dateFormat(language, { dateStyle: 'full' });
    return sectionsOf({ rows, hasOlder: view.hasOlder, now, words, day: (moment) => format.format(moment) });
  }, [rows, view.hasOlder, now, words, language]);
  const sources = useSourceNames(view.rows);
  const types = useMemo(() => typesOf(view.rows), [view.rows]);
  const openRow = useCallback(({ node }: Row) => setOpen(node.id), [setOpen]);
  const known = useMemo(() => view.rows.find(({ node }) => node.id === open)?.node ?? null, [view.rows, open]);

  const showNew = () => {
    // The list has them before it goes to the first.
    flushSync(() => {
      setIsPaused(false);
      list.resume();
    });
    box.current?.toTop();
  };
  const fresh =
    view.isPaused && waiting > 0 ? (
      <button type="button" className="fresh" onClick={showNew}>
        {words.live.waiting(waiting, view.waiting > MOST_ROWS)}
      </button>
    ) : null;
  const history = `/history${addressOf(filter)}`;
  return (
    <section className="page live" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{words.pages.live}</h1>
        <StreamBadge condition={condition} left={view.left} isPaused={isPaused} />
        {isNarrow ? null : fresh}
        <button type="button" onClick={() => setIsPaused(!isPaused)}>
          {isPaused ? words.live.goOn : words.live.pause}
        </button>
      </header>
      <Filters filter={filter} change={change} clear={clear} sources={sources} types={types} />
      <GapNotice gap={view.gap} reload={list.reload} />
      {error ? <Failure error={error} again={list.reload} /> : null}
      <div className="beside">
        {view.isLoaded ? (
          <>
            {rows.length > 0 ? (
              <RowList
                ref={box}
                label={filter.type ? words.live.listOfEvents : words.live.list}
                rows={rows}
                open={open}
                onOpen={openRow}
                onTop={setIsAtTop}
                anchored="away"
                sectionOf={sectionOf}
                end={view.hasOlder ? <Link href={history}>{words.live.older}</Link> : null}
              />
            ) : (
              <Nothing isFiltered={NAMES.some((name) => filter[name] !== null)} clear={clear} history={history} />
            )}
            {open ? <Details id={open} known={known} erased={erased} onClose={() => setOpen(null)} /> : null}
          </>
        ) : null}
        {view.isLoaded || error ? null : <p className="loading">{words.loading}</p>}
      </div>
      {isNarrow ? fresh : null}
      <Arrivals list={list} />
    </section>
  );
}

interface NothingProps {
  readonly isFiltered: boolean;
  readonly clear: () => void;
  readonly history: string;
}

/** What stands in place of an empty list: what to do about it. */
function Nothing({ isFiltered, clear, history }: NothingProps) {
  const { live, filters } = useWords();
  if (!isFiltered) {
    return (
      <Notice title={live.empty}>
        <p>{live.emptyAdvice}</p>
      </Notice>
    );
  }
  return (
    <Notice title={live.nothingFits}>
      <p>{live.nothingFitsAdvice}</p>
      <button type="button" onClick={clear}>
        {filters.clear}
      </button>
      <Link href={history}>{live.searchHistory}</Link>
    </Notice>
  );
}

/** The time, looked at now and then; while somebody reads it stands still, and no heading moves. */
function useNow(isFrozen: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (isFrozen) return;
    const look = () => setNow(Date.now());
    const soon = setTimeout(look);
    const timer = setInterval(look, MINUTE);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [isFrozen]);
  return now;
}
