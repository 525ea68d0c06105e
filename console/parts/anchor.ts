import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Line } from './sections.ts';

/** True keeps the visible lines in place. `away` does so unless they are the beginning of the list. */
export type Anchored = boolean | 'away';

interface Seen {
  readonly lines: readonly Line[];
  /** Where each visible line begins, by key. */
  readonly starts: ReadonlyMap<string, number>;
}

/** Keeps the visible lines in place when lines before them appear or disappear. */
export function useAnchor(
  box: RefObject<HTMLDivElement | null>,
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  lines: readonly Line[],
  anchored: Anchored,
  /** How far the list may be scrolled down and still count as being at its beginning. */
  beginning: number,
): void {
  const seen = useRef<Seen>({ lines: [], starts: new Map() });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const isKept = anchored === 'away' ? element.scrollTop > beginning : anchored;
    const last = seen.current;
    if (isKept && last.lines !== lines) {
      const index = lines.findIndex(({ key }) => last.starts.has(key));
      const start = virtualizer.measurementsCache[index]?.start;
      if (start !== undefined)
        element.scrollBy({ top: start - last.starts.get(lines[index]!.key)!, behavior: 'instant' });
    }
    const [from, to] = [element.scrollTop, element.scrollTop + element.clientHeight];
    const starts = new Map<string, number>();
    for (const { index, start, end } of virtualizer.getVirtualItems()) {
      if (end > from && start < to) starts.set(lines[index]!.key, start);
    }
    seen.current = { lines, starts };
  });
}
