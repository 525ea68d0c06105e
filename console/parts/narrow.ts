import { useSyncExternalStore } from 'react';

/** Where rows become cards, and details fill the screen; the stylesheets say the same. */
const NARROW = '(max-width: 48rem)';

/** Whether there is no room for things beside each other. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
}

function subscribe(changed: () => void): () => void {
  const narrow = matchMedia(NARROW);
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
}
