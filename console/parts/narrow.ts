import { useSyncExternalStore } from 'react';

/** The width below which rows become cards and details fill the screen. The stylesheets have the same value. */
const NARROW = '(max-width: 48rem)';

/** Whether the screen is too narrow for two things side by side. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
}

function subscribe(changed: () => void): () => void {
  const narrow = matchMedia(NARROW);
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
}
