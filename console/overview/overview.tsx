import { useSearchParams } from 'wouter';
import { StreamBadge } from '../parts/stream-badge.tsx';
import { KINDS } from '../parts/event.ts';
import { Filters, useFilter } from '../parts/filters.tsx';
import { Failure } from '../parts/notice.tsx';
import { useWords } from '../words/words.tsx';
import { Choice } from './choice.tsx';
import { Counted } from './counted.tsx';
import { MEASURES, measureOf } from './measure.ts';
import { RANGES, rangeOf } from './range.ts';
import { Sources } from './sources.tsx';
import type { By } from './stack.ts';
import { filtered, shownAt } from './tally.ts';
import { useActivity } from './use-activity.ts';
import { useMinute } from './use-minute.ts';
import { useSources } from './use-sources.ts';
import { Warnings } from './warnings.tsx';

interface OverviewProps {
  /** The number of deliveries in quarantine, as a text. Null if there are none, or if it is unknown. */
  readonly waiting: string | null;
}

/** The sales, cancellations and refunds of a time, and the state of the sources. */
export function Overview({ waiting }: OverviewProps) {
  const words = useWords();
  const now = useMinute();
  const [search, setSearch] = useSearchParams();
  const [asked, change, clear] = useFilter();
  const range = rangeOf(search);
  const measure = measureOf(search);
  // Only cancellations have a kind.
  const filter = measure === 'cancelled' ? asked : { ...asked, kind: null };
  const activity = useActivity({ range, measure, tenant: filter.tenant, now });
  const configured = useSources();

  const everything = activity.buckets.flatMap(({ tallies }) => tallies);
  const names = [
    ...(configured.data?.sources ?? []).map(({ name }) => name),
    ...everything.map(({ source }) => source),
  ];
  const sources = [...new Set(names)].toSorted();
  const kinds = KINDS.filter((known) => everything.some(({ kind }) => kind === known));
  const isSeveral = { source: sources.length > 1, kind: kinds.length > 1 };
  const wanted = search.get('by') === 'kind' ? 'kind' : 'source';
  const by: By = isSeveral[wanted] ? wanted : isSeveral.kind ? 'kind' : 'source';
  const fields = (['kind', 'source', 'tenant'] as const).filter(
    (name) => name === 'tenant' || isSeveral[name] || filter[name],
  );
  const set = (name: 'range' | 'by' | 'of', value: string) =>
    setSearch(
      (last) => {
        const next = new URLSearchParams(last);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <section className="page scrolls overview" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{words.pages.overview}</h1>
        <StreamBadge condition={activity} />
      </header>
      <div className="choices">
        <Choice
          label={words.overview.range}
          options={RANGES.map(({ id }) => [id, words.overview.ranges[id], words.overview.briefly[id]])}
          chosen={range.id}
          onChoose={(id) => set('range', id)}
        />
        <label className="measure">
          <span>{words.overview.of}</span>
          <select value={measure} onChange={({ target }) => set('of', target.value)}>
            {MEASURES.map((one) => (
              <option key={one} value={one}>
                {words.today.figures[one]}
              </option>
            ))}
          </select>
        </label>
        <Filters filter={filter} change={change} clear={clear} sources={sources} fields={fields} />
      </div>
      <Warnings waiting={waiting} sources={configured.data?.sources ?? []} now={now} />
      {activity.error ? <Failure error={activity.error} again={activity.again} /> : null}
      {activity.range ? (
        <Counted
          range={activity.range}
          measure={activity.measure}
          timeZone={activity.timeZone}
          buckets={filtered(shownAt(activity.buckets, activity.range, now), filter)}
          before={activity.before && { ...activity.before, buckets: filtered(activity.before.buckets, filter) }}
          now={now}
          isWaiting={activity.isWaiting}
          isFiltered={Boolean(filter.source || filter.kind || filter.tenant)}
          sources={sources}
          by={by}
          onBy={isSeveral.source && isSeveral.kind ? (by) => set('by', by) : null}
          onLonger={(longer) => set('range', longer)}
        />
      ) : activity.error ? null : (
        <p className="loading">{words.loading}</p>
      )}
      <Sources {...configured} now={now} />
    </section>
  );
}
