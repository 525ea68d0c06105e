import { useEffect, useState } from 'react';

const MINUTE = 60_000;

/** The time: told anew when a minute has begun, and when the page is looked at again after it was not. */
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
