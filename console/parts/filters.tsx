import { useEffect, useEffectEvent, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useSession } from '../gateway/gateway.tsx';
import { useWords } from '../words/words.tsx';
import { typeName } from './type-name.ts';
import { KINDS } from './event.ts';
import { type Filter, NAMES, filterOf } from './filter.ts';

/** The filter in the address, and functions to change and clear it. */
export function useFilter(): readonly [Filter, (name: keyof Filter, value: string) => void, () => void] {
  const [search, setSearch] = useSearchParams();
  const change = (name: keyof Filter, value: string) =>
    setSearch(
      (last) => {
        const next = new URLSearchParams(last);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const clear = () =>
    setSearch((last) => {
      const next = new URLSearchParams(last);
      for (const name of NAMES) next.delete(name);
      return next;
    });
  return [filterOf(search), change, clear];
}

interface FiltersProps {
  readonly filter: Filter;
  readonly change: (name: keyof Filter, value: string) => void;
  readonly clear: () => void;
  readonly sources: readonly string[];
  /** Types besides cancellations. Missing if only cancellations are shown. */
  readonly types?: readonly string[];
  /** The fields that the page uses. */
  readonly fields?: readonly (keyof Filter)[];
}

export function Filters({ filter, change, clear, sources, types, fields = NAMES }: FiltersProps) {
  const words = useWords();
  const { signedIn } = useSession();
  const tenants = signedIn?.claims.tenants ?? null;
  const mayKnow = signedIn?.claims.scopes.has('pii:read') ?? false;
  const others = types && filter.type && !types.includes(filter.type) ? [...types, filter.type] : types;
  const known = filter.source && !sources.includes(filter.source) ? [...sources, filter.source] : sources;
  return (
    <form
      className="filters"
      role="search"
      aria-label={words.filters.label}
      onSubmit={(event) => event.preventDefault()}
    >
      {fields.includes('text') ? (
        <label className="grows">
          <span>{words.filters.text}</span>
          <TextFilter
            text={filter.text ?? ''}
            hint={mayKnow ? words.filters.textHint : words.filters.textHintWithheld}
            change={(text) => change('text', text)}
          />
        </label>
      ) : null}
      {fields.includes('kind') ? (
        <label>
          <span>{words.filters.kind}</span>
          <select
            value={filter.type ?? filter.kind ?? ''}
            onChange={({ target: { value } }) => {
              const isKind = KINDS.some((kind) => kind === value);
              change('kind', isKind ? value : '');
              change('type', isKind ? '' : value);
            }}
          >
            <option value="">{words.filters.all.kind}</option>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {types ? words.kindCancelled[kind] : words.kinds[kind]}
              </option>
            ))}
            {others?.map((type) => (
              <option key={type} value={type}>
                {typeName(type, words)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {fields.includes('source') && (known.length > 1 || filter.source) ? (
        <label>
          <span>{words.filters.source}</span>
          <select value={filter.source ?? ''} onChange={(event) => change('source', event.target.value)}>
            <option value="">{words.filters.all.source}</option>
            {known.map((source) => (
              <option key={source}>{source}</option>
            ))}
          </select>
        </label>
      ) : null}
      {tenants?.length === 1 || !fields.includes('tenant') ? null : (
        <label>
          <span>{words.filters.tenant}</span>
          {tenants ? (
            <select value={filter.tenant ?? ''} onChange={(event) => change('tenant', event.target.value)}>
              <option value="">{words.filters.all.tenant}</option>
              {tenants.map((tenant) => (
                <option key={tenant}>{tenant}</option>
              ))}
            </select>
          ) : (
            <input
              key={filter.tenant}
              defaultValue={filter.tenant ?? ''}
              placeholder={words.filters.all.tenant}
              onBlur={(event) => change('tenant', event.target.value.trim())}
              onKeyDown={(event) => {
                if (event.key === 'Enter') change('tenant', event.currentTarget.value.trim());
              }}
            />
          )}
        </label>
      )}
      {fields.some((name) => filter[name]) ? (
        <button type="button" onClick={clear}>
          {words.filters.clear}
        </button>
      ) : null}
    </form>
  );
}

/** How long typing must pause before a search, in milliseconds. Safari allows a hundred changes of the address in 30 s. */
const TYPED = 200;

interface TextFilterProps {
  readonly text: string;
  readonly hint: string;
  readonly change: (text: string) => void;
}

function TextFilter({ text, hint, change }: TextFilterProps) {
  const [typed, setTyped] = useState(text);
  const [taken, setTaken] = useState(text);
  // Something else changed the address: a link, "back", or the button that clears the filters.
  if (text !== taken) {
    setTaken(text);
    setTyped(text);
  }
  const look = useEffectEvent(() => {
    setTaken(typed);
    change(typed);
  });
  useEffect(() => {
    if (typed === taken) return;
    const timer = setTimeout(look, TYPED);
    return () => clearTimeout(timer);
  }, [typed, taken]);
  return <input type="search" value={typed} placeholder={hint} onChange={(event) => setTyped(event.target.value)} />;
}
