import { useMinute } from '../overview/use-minute.ts';
import { Failure, Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.tsx';
import { SourceCard } from './source-card.tsx';
import { useOperations } from './use-operations.ts';

/** For operators: each source with its URL, the state of its deliveries, the last ones, and the actions. */
export function SourcesPage() {
  const words = useWords();
  const now = useMinute();
  const { data, error, again } = useOperations();
  const sources = data?.sources ?? [];
  return (
    <section className="page scrolls sources-page" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{words.pages.sources}</h1>
      </header>
      {error && !data ? <Failure error={error} again={again} /> : null}
      {error && data ? <p className="note">{words.overview.stale}</p> : null}
      {data && sources.length === 0 ? (
        <Notice title={words.overview.noSources}>
          <p>{words.overview.noSourcesAdvice}</p>
        </Notice>
      ) : null}
      {sources.some(({ operations }) => operations === null) ? (
        <Notice title={words.sources.notAllowed}>
          <p>{words.sources.notAllowedAdvice}</p>
        </Notice>
      ) : null}
      {data || error ? null : <p className="loading">{words.loading}</p>}
      {sources.map((source) => (
        <SourceCard key={source.name} source={source} now={now} again={again} />
      ))}
    </section>
  );
}
