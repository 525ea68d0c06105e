import { useEffect, useEffectEvent } from 'react';

/** Calls a function at this interval in milliseconds while the page is visible, and at once when it becomes visible again. */
export function usePolling(poll: () => void, every: number): void {
  const due = useEffectEvent(poll);
  useEffect(() => {
    let last = Date.now();
    const look = () => {
      if (document.visibilityState !== 'visible' || Date.now() - last < every) return;
      last = Date.now();
      due();
    };
    const timer = setInterval(look, every / 5);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [every]);
}
