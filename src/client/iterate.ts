import type { Sink } from './resumption.ts';

/**
 * Gives the results of a subscription to `for await`. The subscription begins with the call, and ends with `return`. Results that were
 * not read yet wait, as with the clients of graphql-ws and graphql-sse.
 */
export function iterate(subscribe: (sink: Sink) => () => void): AsyncIterableIterator<unknown> {
  const waiting: unknown[] = [];
  let isOver = false;
  let failure: { readonly error: unknown } | null = null;
  let wake: (() => void) | null = null;
  /** Changes the state, and wakes a waiting `next`. */
  const change = (state: () => void) => {
    state();
    wake?.();
    wake = null;
  };
  const stop = subscribe({
    next: (result: never) => change(() => waiting.push(result)),
    error: (error) => change(() => (failure = { error })),
    complete: () => change(() => (isOver = true)),
  });
  const end = async () => {
    change(() => (isOver = true));
    stop();
    return { done: true as const, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      for (;;) {
        if (waiting.length > 0) return { done: false, value: waiting.shift() };
        if (failure) throw failure.error;
        if (isOver) return { done: true, value: undefined };
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    return: end,
    throw: async (error: unknown) => {
      await end();
      throw error;
    },
  };
}
