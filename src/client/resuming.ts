import { iterate } from './iterate.ts';
import { type Request, Resumption, type Sink } from './resumption.ts';
import { closeCodeOf } from './refusal.ts';
import { type SilenceOptions, type WebSocketClient, endWhenSilent } from './silence.ts';

/** The methods that the clients of graphql-ws and of graphql-sse share. */
export interface SubscriptionClient {
  subscribe(request: Request, sink: Sink): () => void;
  dispose(): unknown;
}

export interface ResumingOptions extends SilenceOptions {
  /**
   * Asked whether to try again after an error that hookcast doesn't know, such as one of another gateway in between. Without this
   * function, such errors are tried again.
   */
  readonly shouldRetry?: (error: unknown) => boolean;
}

const NORMAL_CLOSURE = 1000;

/**
 * A stock client (of graphql-ws, or of graphql-sse in its distinct connections mode) whose subscriptions come back by themselves
 * after any interruption, each from the cursor of its last message, so that each message is given once. It goes wherever a
 * framework takes a stock client: into Apollo's links, urql's exchanges, Relay's network.
 *
 * If the client has `iterate`, that is resumed as well.
 *
 * Give the client `retryAttempts: 0`, and its token as a function, which the client calls for each connection. Subscriptions must
 * take their cursor from the variable `$after` and select `cursor`: others end with a TypeError. A sink's `error` is called only
 * when another try would be refused as well, with GraphQL's errors or the event of a close.
 *
 * A connection of graphql-ws that falls silent is given up for another. graphql-sse leaves that to its `fetchFn`: give it
 * `failWhenSilent()`.
 */
export function resuming<C extends SubscriptionClient>(
  client: C,
  options: ResumingOptions = {},
): C & SubscriptionClient {
  const running = new Set<{ end(): void }>();
  let closedWith = 0;
  const stopListening = hasWebSocket(client)
    ? [
        endWhenSilent(client, options),
        client.on('connecting', () => (closedWith = 0)),
        client.on('closed', (event: unknown) => (closedWith = closeCodeOf(event))),
      ]
    : [];

  const subscribe = (request: Request, sink: Sink): (() => void) => {
    const over = () => {
      running.delete(entry);
      resumption?.stop();
    };
    let resumption: Resumption | null = null;
    const entry = {
      end: () => {
        over();
        sink.complete();
      },
    };
    try {
      resumption = new Resumption(client, request, {
        onResult: (result) => sink.next(result as never),
        onEnd: (failure) => {
          over();
          if (failure) sink.error(failure.error);
          else sink.complete();
        },
        isDisposed: () => closedWith === NORMAL_CLOSURE,
        shouldRetry: options.shouldRetry,
      });
    } catch (error) {
      // Frameworks don't expect `subscribe` to throw.
      sink.error(error);
      return () => {};
    }
    running.add(entry);
    resumption.begin();
    return over;
  };

  return {
    ...client,
    subscribe,
    // The client's own `iterate` would not use this `subscribe`.
    ...('iterate' in client && { iterate: (request: Request) => iterate((sink) => subscribe(request, sink)) }),
    dispose: async () => {
      for (const stop of stopListening) stop();
      for (const one of running) one.end();
      // If a client of graphql-ws (6.4.2) is connecting, `dispose` waits for the connection, and rejects with the event of the close
      // if there is none. The caller can do nothing about that.
      await Promise.resolve(client.dispose()).catch(() => {});
    },
  };
}

function hasWebSocket(client: object): client is WebSocketClient {
  return 'on' in client && 'terminate' in client;
}
