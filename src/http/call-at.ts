/** The longest that one timer can wait, in milliseconds: some 25 days. Longer ones fire at once. */
const LONGEST = 0x7fffffff;

/** Calls back at a moment (milliseconds since 1970), however far off. Returns the way to call it off. */
export function callAt(moment: number, now: () => number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = Math.max(moment - now(), 0);
    timer = left > LONGEST ? setTimeout(wait, LONGEST) : setTimeout(callback, left);
  };
  wait();
  return () => clearTimeout(timer);
}
