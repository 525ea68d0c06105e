import { backoff, cursorIn, mayPass, tellAnew } from './follow.ts';
import { type SilenceOptions, type WebSocketClient, callWithin, endWhenSilent } from './silence.ts';

interface Request {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

interface Result {
  readonly data?: object | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
}

interface Sink {
  /** Each framework has a type of its own for a result. */
  next(result: never): void;
  error(error: unknown): void;
  complete(): void;
}

/** What the clients of graphql-ws and of graphql-sse have in common. */
export interface SubscriptionClient {
  subscribe(request: Request, sink: Sink): () => void;
  dispose(): unknown;
}

/**
 * A stock client (of graphql-ws, or of graphql-sse in its distinct connections mode) whose subscriptions come back by
 * themselves from whatever cut them off, each from the cursor of its last message, so that each message is given once.
 * It goes wherever a framework takes a stock client: into Apollo's links, urql's exchanges, Relay's network.
 *
 * Give the client `retryAttempts: 0`, and its token as a function, which is asked again for each connection. Only for
 * subscriptions that take their cursor from the variable `$after` and select `cursor`: others end with a TypeError. A
 * sink's `error` is called only when another try would be refused as well, with GraphQL's errors or the event of a close.
 *
 * A connection of graphql-ws that falls silent is given up for another. graphql-sse leaves that to its `fetchFn`: give it
 * `failWhenSilent()`.
 */
export function resuming<C extends SubscriptionClient>(client: C, options: SilenceOptions = {}): C {
  const running = new Set<Resumed>();
  const stopListening = hasWebSocket(client) ? endWhenSilent(client, options) : () => {};
  return {
    ...client,
    subscribe: (request: Request, sink: Sink) => {
      const resumed = new Resumed(client, request, {
        next: (result: never) => sink.next(result),
        error: (error) => {
          running.delete(resumed);
          sink.error(error);
        },
        complete: () => {
          running.delete(resumed);
          sink.complete();
        },
      });
      running.add(resumed);
      resumed.begin();
      return () => {
        running.delete(resumed);
        resumed.stop();
      };
    },
    dispose: async () => {
      stopListening();
      for (const resumed of running) resumed.complete();
      // While it connects, a client of graphql-ws (6.4.2) waits for its connection here, and fails with the event of the close if
      // there is none. The one who asks for the end has nothing to do about that.
      await Promise.resolve(client.dispose()).catch(() => {});
    },
  };
}

function hasWebSocket(client: object): client is WebSocketClient {
  return 'on' in client && 'terminate' in client;
}

/** One subscription, over all its tries. */
class Resumed {
  readonly #client: SubscriptionClient;
  readonly #request: Request;
  readonly #sink: Sink;
  #after: unknown;
  #tries = 0;
  #isOver = false;
  /** Of the try that runs. */
  #isAnew = tellAnew();
  /** Of the try that runs, or of the wait for the next. */
  #cancel = () => {};

  constructor(client: SubscriptionClient, request: Request, sink: Sink) {
    this.#client = client;
    this.#sink = sink;
    this.#after = request.variables?.['after'];
    const variables = () => {
      this.#isAnew = tellAnew();
      return { ...request.variables, after: this.#after };
    };
    this.#request = {
      ...request,
      // Read whenever the client writes the request, so that its own retries resume as well.
      get variables() {
        return variables();
      },
    };
  }

  begin(): void {
    let isCut = false;
    const comeBack = (error: unknown) => {
      if (isCut || this.#isOver) return;
      isCut = true;
      void this.#comeBack(error);
    };
    const { query } = this.#request;
    // A trusted document may go by its id alone.
    if (query && !/\$after\b/.test(query)) return this.#fail(new TypeError(NOT_RESUMABLE));
    this.#cancel = this.#client.subscribe(this.#request, {
      next: (result: Result) => {
        if (isCut || this.#isOver) return;
        const message: unknown = Object.values(result.data ?? {})[0];
        const passed = message ? null : cursorIn(result.errors);
        if (passed !== null) return this.#hand(passed, result);
        // The errors say why there is none: the token has expired, or the message could not be made.
        if (!message) return comeBack(result.errors);
        const { cursor } = message as { cursor?: unknown };
        if (typeof cursor !== 'string') return this.#fail(new TypeError(NOT_RESUMABLE));
        if (this.#isAnew(message)) return comeBack(null);
        this.#hand(cursor, result);
      },
      error: comeBack,
      // hookcast completes no subscription, but a gateway in between does when it has lost its own.
      complete: () => comeBack(null),
    });
  }

  #hand(cursor: string, result: Result): void {
    this.#after = cursor;
    this.#tries = 0;
    this.#sink.next(result as never);
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  complete(): void {
    if (this.#isOver) return;
    this.stop();
    this.#sink.complete();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.stop();
    this.#sink.error(error);
  }

  async #comeBack(error: unknown): Promise<void> {
    // Before the cancel, which would end the reading.
    const reason = await refusalIn(error);
    if (this.#isOver) return;
    this.#cancel();
    if (!mayPass(reason)) return this.#fail(reason);
    this.#tries += 1;
    this.#cancel = callWithin(backoff(this.#tries), () => this.begin());
  }
}

const NOT_RESUMABLE =
  'A subscription that is to be resumed takes its cursor from the variable $after and selects cursor, unaliased.';

/** graphql-sse says only the status of an answer; what the gateway says of it is still to be read. */
async function refusalIn(error: unknown): Promise<unknown> {
  const { response } = Object(error) as { response?: { json?: () => Promise<{ errors?: unknown }> } };
  try {
    const { errors } = (await response?.json?.()) ?? {};
    return Array.isArray(errors) ? errors : error;
  } catch {
    return error;
  }
}
