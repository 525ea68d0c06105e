import { type SyntheticEvent, useState } from 'react';
import { Link, useSearch } from 'wouter';
import { useWords } from '../words/words.tsx';
import { type View, keepViews, readViews } from './views.ts';

const focus = (field: HTMLInputElement | null) => field?.focus();

/** Views that are used often, kept in this browser under a name. The searched text is in no address, so a saved view doesn't have it. */
export function SavedViews({ isNarrowed }: { readonly isNarrowed: boolean }) {
  const { feed } = useWords();
  const search = useSearch();
  const [views, setViews] = useState(readViews);
  /** The name of the new view. Null until somebody wants to save one. */
  const [name, setName] = useState<string | null>(null);
  const keep = (next: readonly View[]) => setViews(keepViews(next));
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!name?.trim()) return setName(null);
    const view = { name: name.trim(), search: placeless(search) };
    keep([...views.filter((one) => one.name !== view.name), view]);
    setName(null);
  };
  if (views.length === 0 && !isNarrowed && name === null) return null;
  return (
    <div className="views">
      {views.map((view) => (
        <span key={view.name} className="view">
          <Link href={`/events?${view.search}`} aria-current={view.search === placeless(search) ? 'true' : undefined}>
            {view.name}
          </Link>
          <button
            type="button"
            aria-label={feed.forgetView(view.name)}
            title={feed.forgetView(view.name)}
            onClick={() => keep(views.filter((one) => one !== view))}
          >
            <span aria-hidden="true">×</span>
          </button>
        </span>
      ))}
      {isNarrowed && name === null ? (
        <button type="button" onClick={() => setName('')}>
          {feed.saveView}
        </button>
      ) : null}
      {name === null ? null : (
        <form onSubmit={save}>
          <input
            value={name}
            ref={focus}
            maxLength={40}
            aria-label={feed.viewName}
            placeholder={feed.viewName}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit">{feed.saveView}</button>
        </form>
      )}
    </div>
  );
}

/** The query string without the place in the list and the open details. */
export function placeless(search: string): string {
  const kept = new URLSearchParams(search);
  for (const name of ['at', 'open', 'text']) kept.delete(name);
  return kept.toString();
}
