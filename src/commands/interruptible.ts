import type { GatewayTerminal } from './terminal.ts';

/** How often a long copy reports its progress, in milliseconds. */
const EVERY = 2_000;

/** Runs work that copies a log. The work gets a signal when the operator interrupts it, and the operator sees its progress. */
export async function interruptible<T>(
  { interrupted, print }: Pick<GatewayTerminal, 'interrupted' | 'print'>,
  work: (options: { readonly signal: AbortSignal; readonly progress: (share: number) => void }) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  void interrupted().then(() => ending.abort(new Error('it was interrupted')));
  let next = performance.now() + EVERY;
  const progress = (share: number) => {
    if (performance.now() < next) return;
    next = performance.now() + EVERY;
    print(`${Math.floor(share * 100)} % copied`);
  };
  return work({ signal: ending.signal, progress });
}
