import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { Row } from './event.ts';

/** Returns a function that focuses a row. The row is in the page once it is the current one. */
export function useFocus(
  box: { readonly current: HTMLDivElement | null },
  current: string | null,
  setCurrent: (key: string) => void,
): (key: string) => void {
  const wanted = useRef<string | null>(null);
  const give = useCallback(
    (key: string) => {
      const button = box.current?.querySelector<HTMLElement>(`[data-line="${CSS.escape(key)}"] button`);
      wanted.current = button ? null : key;
      button?.focus({ preventScroll: true });
    },
    [box],
  );
  useLayoutEffect(() => {
    if (current !== null && wanted.current === current) give(current);
  });
  return useCallback(
    (key) => {
      give(key);
      setCurrent(key);
    },
    [give, setCurrent],
  );
}

/** When details that had the focus close, their row gets it back. */
export function useReturn(
  open: string | null,
  rows: readonly Row[],
  focus: (key: string) => void,
  otherwise: string | null,
): void {
  const before = useRef(open);
  useEffect(() => {
    const closed = before.current;
    before.current = open;
    if (closed === null || open !== null || document.activeElement !== document.body) return;
    const key = rows.find(({ node }) => node.id === closed)?.cursor ?? otherwise;
    if (key !== null) focus(key);
  });
}
