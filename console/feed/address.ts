import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { type Filter, NAMES, filterOf } from '../parts/filter.ts';
import { type Period, addressOf, periodOf } from './period.ts';

/** How long the list is at rest before the address follows it. Safari throws at more than a hundred changes in 30 s. */
const FOLLOWS = 500;

/**
 * What is looked at, as the address has it, so that it can be shared: the filter, the dates and the row at the top. Not the
 * text: it is often somebody's name, and an address goes through chats and the log lines of proxies.
 */
export function useAddress() {
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState(search.get('text'));
  const [round, beginAnew] = useReducer((rounds: number) => rounds + 1, 0);
  const at = search.get('at');
  const written = useRef(at);
  const isBack = useIsBack();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  /** Changes it and goes to the newest, since a place in one list is none in another. */
  const change = useCallback(
    (values: Readonly<Record<string, string>>) => {
      clearTimeout(timer.current);
      written.current = null;
      setSearch((last) => changed(last, { ...values, text: '', at: '' }), { replace: true });
    },
    [setSearch],
  );
  const follow = useCallback((top: string | null) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const next = changed(new URLSearchParams(location.search), { at: top ?? '' }).toString();
      if (top === written.current) return;
      written.current = top;
      history.replaceState(history.state, '', location.pathname + (next && `?${next}`));
    }, FOLLOWS);
  }, []);
  const toNewest = useCallback(() => {
    change({});
    beginAnew();
  }, [change]);

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (search.has('text')) setSearch((last) => changed(last, { text: '' }), { replace: true });
  }, [search, setSearch]);
  useEffect(() => {
    if (at === written.current) return;
    written.current = at;
    // Going back, as to close what was opened, leaves the list where it is; a link begins it anew.
    if (!isBack.current) beginAnew();
  }, [at, isBack]);

  return {
    filter: { ...filterOf(search), text },
    period: periodOf(search),
    at,
    /** Another one whenever the list is to begin anew, at `at`. */
    round,
    changeFilter: (name: keyof Filter, value: string) =>
      name === 'text' ? setText(value || null) : change({ ...ALONE[name], [name]: value }),
    changePeriod: ({ from, to }: Period) => change({ from: addressOf(from), to: addressOf(to) }),
    clearFilters: () => {
      setText(null);
      change(Object.fromEntries(NAMES.map((name) => [name, ''])));
    },
    follow,
    toNewest,
  };
}

/** What another choice takes the place of: a type tells only of some of what happens. */
const ALONE: Readonly<Partial<Record<keyof Filter, Readonly<Record<string, string>>>>> = {
  what: { kind: '', type: '' },
  kind: { what: '' },
  type: { what: '' },
};

function changed(last: URLSearchParams, values: Readonly<Record<string, string>>): URLSearchParams {
  const next = new URLSearchParams(last);
  for (const [name, value] of Object.entries(values)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

/** Whether the address was changed last by going back or forward. */
function useIsBack() {
  const isBack = useRef(false);
  useEffect(() => {
    const note = ({ type }: Event) => (isBack.current = type === 'popstate');
    // wouter makes the second of them. They are to be noted before anything is drawn for them.
    for (const type of ['popstate', 'pushState']) addEventListener(type, note, true);
    return () => {
      for (const type of ['popstate', 'pushState']) removeEventListener(type, note, true);
    };
  }, []);
  return isBack;
}
