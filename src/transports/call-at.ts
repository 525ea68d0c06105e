/**
 * How long until the clock is read again, in milliseconds. Timers don't notice that a clock was set, or that a machine was
 * suspended.
 */
const LOOK = 15_000;

/** Calls back at a moment (milliseconds since 1970), however far off. Returns how to cancel it. */
export function callAt(moment: number, now: () => number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = moment - now();
    if (left <= 0) callback();
    else timer = setTimeout(wait, Math.min(left, LOOK));
  };
  // Even a past moment waits for a timer: the caller doesn't expect the callback before this function returns.
  timer = setTimeout(wait, Math.min(Math.max(moment - now(), 0), LOOK));
  return () => clearTimeout(timer);
}
