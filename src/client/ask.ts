import type { ListClient } from './list-view.ts';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
}

/**
 * Asks a query over the socket of the stream. `onAnswer` is called in the turn in which the answer comes, so that it can begin another
 * operation before this one is over: a client closes a socket that no operation uses.
 *
 * @returns how to leave it.
 */
export function ask(
  client: ListClient,
  request: { readonly query: string; readonly variables: object },
  onAnswer: (fields: readonly unknown[]) => void,
  onFailure: (error: unknown) => void,
): () => void {
  let isOver = false;
  const end = (then: () => void) => {
    if (isOver) return;
    isOver = true;
    then();
  };
  const cancel = client.subscribe(request as never, {
    next: ({ data, errors }: Answer) => {
      const fields = Object.values(data ?? {});
      end(() => (fields[0] ? onAnswer(fields) : onFailure(errors ?? [])));
    },
    error: (error: unknown) => {
      // graphql-ws (6.4.2) counts a failed operation among those that use the socket until it is canceled.
      cancel();
      end(() => onFailure(error));
    },
    complete: () => end(() => onFailure(null)),
  });
  return () => {
    isOver = true;
    cancel();
  };
}
