import { useCallback, useMemo, useRef, useState } from 'react';
import { useSession } from '../gateway/gateway.tsx';
import { GatewayError } from '../gateway/request.ts';
import { type Row, typesOf } from '../parts/event.ts';
import { Details } from '../parts/details.tsx';
import { type Filter, NAMES } from '../parts/filter.ts';
import { Filters } from '../parts/filters.tsx';
import { Failure, GapNotice, Notice } from '../parts/notice.tsx';
import { useOpen } from '../parts/open.ts';
import { RowList } from '../parts/row-list.tsx';
import { useSourceNames } from '../parts/sources.ts';
import { StreamBadge } from '../parts/stream-badge.tsx';
import { useWords } from '../words/words.tsx';
import { useAddress } from './address.ts';
import { Dates } from './dates.tsx';
import { GONE, NewerEnd, OlderEnd } from './ends.tsx';
import { ANY_TIME } from './period.ts';
import { useHistory } from './use-history.ts';
import { type HistoryView, goesOn } from './window.ts';

/** All cancellations, or whichever events are wanted, that the gateway keeps, endless in both directions. */
export function History() {
  const words = useWords();
  const address = useAddress();
  const { filter, period, follow, toNewest } = address;
  const { whole, shown, view, condition } = useHistory(address);
  const { stale } = useSession();
  const [open, setOpen] = useOpen();
  const [isNarrowing, setNarrowing] = useState(false);
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
    // What had it is no longer there. Where nothing is folded the button is not shown, and nothing happens.
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
  const isFollowed = !stale && (condition.state === 'live' || condition.state === 'behind');
  return (
    <section className="page history" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{words.pages.history}</h1>
        {view.begun ? (
          <>
            <StreamBadge condition={condition} />
            <NewerEnd view={view} isFollowed={isFollowed} again={again} toNewest={toNewest} />
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
          {words.history.narrow(active)}
        </button>
      </header>
      <div id="narrowing" className={isNarrowing ? 'narrowing' : 'narrowing closed'}>
        <Dates
          period={period}
          change={address.changePeriod}
          choose={(chosen) => {
            address.changePeriod(chosen);
            fold();
          }}
        />
        <Filters filter={filter} change={changeFilter} clear={address.clearFilters} sources={sources} types={types} />
        {filter.text ? <p className="note">{words.history.textStays}</p> : null}
      </div>
      <GapNotice gap={view.gap} reload={toNewest} />
      {view.begun ? (
        <>
          <div className="beside">
            {rows.length === 0 ? (
              <Nothing view={view} isNarrowed={isNarrowed} clear={clear} />
            ) : (
              <RowList
                key={keyOf(shown)}
                label={filter.type ? words.history.listOfEvents : words.history.list}
                rows={rows}
                open={open}
                onOpen={openRow}
                onNearStart={nearStart}
                onNearEnd={nearEnd}
                anchored
                begin={shown.top}
                onFirst={onFirst}
                endless={older !== 'end' || newer !== 'end'}
              />
            )}
            {open ? <Details id={open} known={known} erased={view.erased} onClose={() => setOpen(null)} /> : null}
          </div>
          {rows.length > 0 || view.looked ? (
            <OlderEnd
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
    </section>
  );
}

interface NothingProps {
  readonly view: HistoryView;
  readonly isNarrowed: boolean;
  readonly clear: () => void;
}

/** In place of a list without rows. */
function Nothing({ view, isNarrowed, clear }: NothingProps) {
  const { history, loading } = useWords();
  if (view.looked) return <Notice title={view.older === 'end' ? history.noMatchAtAll : history.noMatch} />;
  if (view.older === 'loading') return <p className="loading">{loading}</p>;
  return (
    <Notice title={isNarrowed ? history.nothingFits : history.empty}>
      <p>{isNarrowed ? history.nothingFitsAdvice : history.emptyAdvice}</p>
      {isNarrowed ? (
        <button type="button" onClick={clear}>
          {history.clear}
        </button>
      ) : null}
    </Notice>
  );
}

interface BeginningProps {
  readonly view: HistoryView;
  readonly again: () => void;
  readonly toNewest: () => void;
}

/** Before the first rows are there, or where they can't be had. */
function Beginning({ view, again, toNewest }: BeginningProps) {
  const { history, loading } = useWords();
  const { older } = view;
  if (!(older instanceof GatewayError)) return <p className="loading">{loading}</p>;
  if (!GONE.includes(older.code)) return <Failure error={older} again={again} />;
  return (
    <Notice title={history.gone} tone="warning">
      <p>{history.goneAdvice}</p>
      <button type="button" className="primary" onClick={toNewest}>
        {history.showNewest}
      </button>
    </Notice>
  );
}

const keys = new WeakMap<object, number>();
let made = 0;

/** A number for each list, so that another one begins at its own top. */
function keyOf(list: object): number {
  let key = keys.get(list);
  if (key === undefined) keys.set(list, (key = made += 1));
  return key;
}
