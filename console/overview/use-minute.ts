import { useEffect, useState } from 'react';

const MINUTE = 60_000;

/** The present time. It changes when a minute begins, and when the page becomes visible again. */
export function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tell = () => {
      clearTimeout(timer);
      const now = Date.now();
      setNow(now);
      timer = setTimeout(tell, MINUTE - (now % MINUTE));
    };
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tell);
    };
  }, []);
  return now;
}
