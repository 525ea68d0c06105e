import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { Row } from './event.ts';

/** A way to give a row the focus: it is in the page once it is the current one. */
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

/** Gives the focus back to the row whose details were closed, where it was in them. */
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
