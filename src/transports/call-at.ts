/**
 * How long until the clock is looked at again, in milliseconds. Timers don't know of a clock that was set, nor of the time
 * that a machine was suspended.
 */
const LOOK = 15_000;

/** Calls back at a moment (milliseconds since 1970), however far off. Returns the way to call it off. */
export function callAt(moment: number, now: () => number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = moment - now();
    if (left <= 0) callback();
    else timer = setTimeout(wait, Math.min(left, LOOK));
  };
  // Not at once: the caller expects to be answered first.
  timer = setTimeout(wait, Math.min(Math.max(moment - now(), 0), LOOK));
  return () => clearTimeout(timer);
}
