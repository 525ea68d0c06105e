import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/**
 * The id of the event whose details are open, from the address (`?open=…`). A link opens it, and "back" closes it. Going from one event to
 * the next leaves only one step in the history.
 */
export function useOpen(): readonly [string | null, (id: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  const open = search.get('open');
  const setOpen = useCallback(
    (id: string | null) => {
      const change = (last: URLSearchParams) => {
        const next = new URLSearchParams(last);
        if (id) next.set('open', id);
        else next.delete('open');
        return next;
      };
      const isNext = open !== null || id === null;
      setSearch(change, { replace: isNext });
    },
    [open, setSearch],
  );
  return [open, setOpen];
}
