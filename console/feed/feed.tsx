import { Suspense, lazy, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../gateway/gateway.tsx';
import { GatewayError } from '../gateway/request.ts';
import { useMinute } from '../overview/use-minute.ts';
import { type Row, typesOf } from '../parts/event.ts';
import { Details } from '../parts/details.tsx';
import { type Filter, NAMES } from '../parts/filter.ts';
import { Filters } from '../parts/filters.tsx';
import { placeOf, useFound } from '../parts/found.ts';
import { Latest } from '../parts/latest.tsx';
import { Failure, GapNotice, Notice } from '../parts/notice.tsx';
import { dateFormat } from '../parts/moment.tsx';
import { useOpen } from '../parts/open.ts';
import { RowList, type RowListHandle } from '../parts/row-list.tsx';
import { useSourceNames } from '../parts/sources.ts';
import { StreamBadge } from '../parts/stream-badge.tsx';
import { Outages } from '../sources/outages.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { useAddress } from './address.ts';
import { Bell } from './bell.tsx';
import { Chips } from './chips.tsx';
import { Dates } from './dates.tsx';
import { daysOf } from './days.ts';
import { GONE, NewerEnd, OlderEnd } from './ends.tsx';
import { ANY_TIME } from './period.ts';
import { SavedViews } from './saved-views.tsx';
import { useFeed } from './use-feed.ts';
import { type FeedView, goesOn } from './window.ts';

/** Loaded when somebody wants a file. */
const ExportDialog = lazy(() =>
  import('../export/export-dialog.tsx').then((module) => ({ default: module.ExportDialog })),
);

/** All events: live, and back to the oldest that the gateway keeps. */
export function Feed() {
  const { words, language } = useSpeech();
  const address = useAddress();
  const { filter, period, follow, toNewest } = address;
  const { stale } = useSession();
  const [open, setOpen] = useOpen();
  const [isPaused, setPaused] = useState(false);
  const [isAtTop, setAtTop] = useState(true);
  const feed = useFeed(address, { isStill: isPaused || open !== null, isAtTop });
  const { whole, shown, view, condition, isHeld } = feed;
  const box = useRef<RowListHandle>(null);
  const [isNarrowing, setNarrowing] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const { older, newer, rows } = view;
  const again = () => shown.again();
  const clear = () => {
    address.clearFilters();
    address.changePeriod(ANY_TIME);
  };
  const sources = useSourceNames(whole.view.rows);
  const types = useMemo(() => typesOf(whole.view.rows), [whole.view.rows]);
  const narrow = useRef<HTMLButtonElement>(null);
  const fold = () => {
    setNarrowing(false);
    // The focused button is gone. If nothing is folded, this button is not shown, and nothing happens.
    narrow.current?.focus();
  };
  const changeFilter = (name: keyof Filter, value: string) => {
    address.changeFilter(name, value);
    if (name !== 'text' && value !== (filter[name] ?? '')) fold();
  };

  const hasNewer = goesOn(view, 'newer');
  const hasOlder = goesOn(view, 'older');
  const nearStart = useCallback(() => {
    if (hasNewer) void shown.load('newer');
  }, [shown, hasNewer]);
  const nearEnd = useCallback(() => {
    if (hasOlder) void shown.load('older');
  }, [shown, hasOlder]);
  const onFirst = useCallback(
    (cursor: string, isFirst: boolean) => {
      shown.scrollTo(cursor);
      follow(isFirst && shown.view.newer === 'end' ? null : cursor);
    },
    [shown, follow],
  );
  const openRow = useCallback(({ node }: Row) => setOpen(node.id), [setOpen]);
  const known = useMemo(() => rows.find(({ node }) => node.id === open)?.node ?? null, [rows, open]);
  const isDated = period.from !== null || period.to !== null;
  const active = NAMES.filter((name) => filter[name]).length + (isDated ? 1 : 0);
  const isNarrowed = active > 0;
  const now = useMinute();
  const dayOf = useMemo(() => {
    const format = dateFormat(language, { dateStyle: 'full' });
    return daysOf({ rows, now, words, day: (moment) => format.format(moment) });
  }, [rows, now, words, language]);
  const isFocusing = useRef(false);
  const showNew = () => {
    setPaused(false);
    if (newer !== 'end' || view.gap) return toNewest();
    isFocusing.current = true;
    void shown.follow();
  };
  useLayoutEffect(() => {
    if (!isFocusing.current || !view.isFollowing || view.arrived > 0) return;
    isFocusing.current = false;
    box.current?.toTop();
  }, [view]);
  const isFollowed = !stale && (condition.state === 'live' || condition.state === 'behind');
  return (
    <section className="page feed" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{words.pages.events}</h1>
        <StreamBadge condition={condition} isPaused={isPaused} />
        {view.begun ? (
          <>
            <NewerEnd
              view={view}
              isFollowed={isFollowed}
              isHeld={isHeld}
              again={again}
              toNewest={toNewest}
              showNew={showNew}
            />
            <SavedViews isNarrowed={isNarrowed} />
            <Bell />
            <button type="button" onClick={() => (isPaused ? showNew() : setPaused(true))}>
              {isPaused ? words.live.goOn : words.live.pause}
            </button>
            <button type="button" onClick={() => setExporting(true)}>
              {words.exports.open}
            </button>
          </>
        ) : null}
        <button
          type="button"
          ref={narrow}
          className="narrow"
          aria-expanded={isNarrowing}
          aria-controls="narrowing"
          onClick={() => setNarrowing(!isNarrowing)}
        >
          {words.feed.narrow(active)}
        </button>
      </header>
      <Chips chosen={filter.what} choose={(what) => changeFilter('what', what)} />
      <div id="narrowing" className={isNarrowing ? 'narrowing' : 'narrowing closed'}>
        <Filters filter={filter} change={changeFilter} clear={address.clearFilters} sources={sources} types={types} />
        <Dates
          period={period}
          change={address.changePeriod}
          choose={(chosen) => {
            address.changePeriod(chosen);
            fold();
          }}
        />
        {filter.text ? <p className="note">{words.feed.textStays}</p> : null}
        <KnownBy text={filter.text ?? ''} />
      </div>
      <Outages now={now} />
      <GapNotice gap={view.gap} reload={toNewest} />
      {view.begun ? (
        <>
          <div className="beside">
            {rows.length === 0 ? (
              <Nothing view={view} isNarrowed={isNarrowed} clear={clear} />
            ) : (
              <RowList
                key={keyOf(shown)}
                ref={box}
                label={words.feed.list}
                rows={rows}
                open={open}
                onOpen={openRow}
                onNearStart={nearStart}
                onNearEnd={nearEnd}
                onTop={setAtTop}
                sectionOf={dayOf}
                anchored={view.isFollowing ? 'away' : true}
                begin={shown.top}
                onFirst={onFirst}
                endless={older !== 'end' || newer !== 'end'}
              />
            )}
            {open ? <Details id={open} known={known} erased={view.erased} onClose={() => setOpen(null)} /> : null}
          </div>
          {rows.length > 0 || view.looked ? (
            <OlderEnd
              isSearched={filter.text !== null}
              view={view}
              isNarrowed={isNarrowed}
              again={again}
              toNewest={toNewest}
              onFurther={() => void shown.load('older')}
            />
          ) : null}
        </>
      ) : (
        <Beginning view={view} again={again} toNewest={toNewest} />
      )}
      {isExporting ? (
        <Suspense>
          <ExportDialog filter={filter} period={period} onClose={() => setExporting(false)} />
        </Suspense>
      ) : null}
    </section>
  );
}

/** What the gateway finds by the typed text, however old it is: the order of this number, the person with this address. */
function KnownBy({ text }: { readonly text: string }) {
  const words = useWords();
  const found = useFound(text);
  if (!found || found.length === 0) return null;
  return (
    <p className="found" role="status">
      {found.map((one) => {
        const { name, href } = placeOf(one, words);
        return (
          <Link key={href} href={href}>
            {name}
          </Link>
        );
      })}
    </p>
  );
}

interface NothingProps {
  readonly view: FeedView;
  readonly isNarrowed: boolean;
  readonly clear: () => void;
}

/** Shown instead of a list without rows. */
function Nothing({ view, isNarrowed, clear }: NothingProps) {
  const { feed, loading } = useWords();
  if (view.looked)
    return (
      <Notice title={view.older === 'end' ? feed.noMatchAtAll : feed.noMatch}>
        <button type="button" onClick={clear}>
          {feed.clear}
        </button>
      </Notice>
    );
  if (view.older === 'loading') return <p className="loading">{loading}</p>;
  return (
    <Notice title={isNarrowed ? feed.nothingFits : feed.empty}>
      <p>{isNarrowed ? feed.nothingFitsAdvice : feed.emptyAdvice}</p>
      {isNarrowed ? <Latest /> : null}
      {isNarrowed ? (
        <button type="button" onClick={clear}>
          {feed.clear}
        </button>
      ) : null}
    </Notice>
  );
}

interface BeginningProps {
  readonly view: FeedView;
  readonly again: () => void;
  readonly toNewest: () => void;
}

/** Shown before the first rows are loaded, or if they can't be loaded. */
function Beginning({ view, again, toNewest }: BeginningProps) {
  const { feed, loading } = useWords();
  const { older } = view;
  if (!(older instanceof GatewayError)) return <p className="loading">{loading}</p>;
  if (!GONE.includes(older.code)) return <Failure error={older} again={again} />;
  return (
    <Notice title={feed.gone} tone="warning">
      <p>{feed.goneAdvice}</p>
      <button type="button" className="primary" onClick={toNewest}>
        {feed.showNewest}
      </button>
    </Notice>
  );
}

const keys = new WeakMap<object, number>();
let made = 0;

/** A number for each list, so that a new list begins at its top. */
function keyOf(list: object): number {
  let key = keys.get(list);
  if (key === undefined) keys.set(list, (key = made += 1));
  return key;
}
