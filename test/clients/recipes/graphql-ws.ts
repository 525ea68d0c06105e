import { createClient } from 'graphql-ws';
import { FOLLOW, type Followed, type Message } from './documents.ts';

/** The stock client alone. Returns how to stop. */
export function followCancellations(
  url: string,
  token: () => Promise<string>,
  after: string | null,
  onMessage: (message: Message) => void,
  onError: (error: unknown) => void,
): () => void {
  let silent: ReturnType<typeof setTimeout>;
  const client = createClient({
    url,
    // A ping every fifteen seconds. If there is no answer for as long, the connection is dead, though nobody was told.
    keepAlive: 15_000,
    on: {
      ping: (isTheirs) => {
        if (!isTheirs) silent = setTimeout(() => client.terminate(), 15_000);
      },
      pong: () => clearTimeout(silent),
      closed: () => clearTimeout(silent),
    },
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: Infinity,
    // Without this it gives up if no server answers, as during a restart.
    shouldRetry: () => true,
    // Its own wait grows without end, and an hour's outage would be followed by another.
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(1_000 * 2 ** retries, 30_000) * (0.5 + Math.random() / 2))),
  });
  const request = {
    query: FOLLOW,
    // The client writes the request anew at each try. Without a getter it would begin where it once began.
    get variables() {
      return { after };
    },
  };
  let stop = () => {};
  const begin = () => {
    stop = client.subscribe<Followed>(request, {
      next: ({ data, errors }) => {
        // A token that has expired is no matter: the client comes back with another. With an event, errors are of its fields.
        if (!data && errors?.some(({ extensions }) => extensions?.['code'] !== 'TOKEN_EXPIRED')) return onError(errors);
        if (!data) return;
        after = data.cancellations.cursor;
        onMessage(data.cancellations);
      },
      error: (error) => {
        // The client never tries again after 1011, with which some proxies close while they reach no gateway.
        if ((error as { code?: unknown }).code !== 1011) return onError(error);
        const pause = setTimeout(begin, 1_000 + Math.random() * 2_000);
        stop = () => clearTimeout(pause);
      },
      complete: () => {},
    });
  };
  begin();
  return () => stop();
}
