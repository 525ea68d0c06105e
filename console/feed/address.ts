import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { type Filter, NAMES, filterOf } from '../parts/filter.ts';
import { type Period, addressOf, periodOf } from './period.ts';

/** How long the list must rest before the address is updated, in milliseconds. Safari throws at more than a hundred changes in 30 s. */
const FOLLOWS = 500;

/**
 * The filter, the dates and the row at the top, kept in the address so that a view can be shared. The searched text is not in it: it is
 * often somebody's name, and an address goes through chats and the log lines of proxies.
 */
export function useAddress() {
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState(search.get('text'));
  const [round, beginAnew] = useReducer((rounds: number) => rounds + 1, 0);
  const at = search.get('at');
  const written = useRef(at);
  const isBack = useIsBack();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  /** Changes the address and goes to the newest row, since a place in one list means nothing in another. */
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
    // Going back, such as to close details, keeps the place in the list. A link starts the list anew.
    if (!isBack.current) beginAnew();
  }, [at, isBack]);

  return {
    filter: { ...filterOf(search), text },
    period: periodOf(search),
    at,
    /** Changes whenever the list has to start anew, at `at`. */
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

/** The choices that a new choice removes, since a type only tells of some happenings. */
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

/** Whether the last change of the address was a step back or forward. */
function useIsBack() {
  const isBack = useRef(false);
  useEffect(() => {
    const note = ({ type }: Event) => (isBack.current = type === 'popstate');
    // wouter sends `pushState`. Both events must be noted before the page is drawn for them.
    for (const type of ['popstate', 'pushState']) addEventListener(type, note, true);
    return () => {
      for (const type of ['popstate', 'pushState']) removeEventListener(type, note, true);
    };
  }, []);
  return isBack;
}
