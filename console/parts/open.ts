import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/**
 * The id of the cancellation whose details are open, as the address has it (`?open=…`): a link opens it, and "back" closes
 * it. Going on from one to the next leaves one step behind, and not one for each.
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
