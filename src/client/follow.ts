import { type TypedDocument, toSubscribed } from './document.ts';
import { type FieldError, closeCodeOf, isExpiry, toError } from './refusal.ts';
import { type ServerMessage, Resumption, type Subscribing, kindOf } from './resumption.ts';
import { type WebSocketClient, endWhenSilent } from './silence.ts';

/** A message of a subscription. The document must select `__typename` and `cursor`; what else it selects is up to it. */
export interface StreamMessage extends ServerMessage {}

/** A client of graphql-ws, 5 or 6. */
export interface FollowClient extends WebSocketClient, Subscribing {}

/** The events between `after` and `resumedAt` are lost for good (`reason`: RETENTION or LOG_REPLACED). */
export interface Gap extends StreamMessage {
  readonly __typename?: 'Gap';
  readonly reason?: string;
  readonly after?: string;
  readonly resumedAt?: string;
}

type GapOf<M> = [Extract<M, { __typename?: 'Gap' }>] extends [never] ? Gap : Extract<M, { __typename?: 'Gap' }>;

/**
 * `behind`: events that happened before are still coming. `waiting`: not connected, until the next try. `failed`: over, since another try
 * would be refused as well.
 */
export type FollowState = 'connecting' | 'behind' | 'live' | 'waiting' | 'failed';

/** A subscription with one field that takes its cursor from the variable `$after`. It is given as text, or as a trusted document's id. */
export type Followed = ({ readonly query: string } | { readonly documentId: string }) & {
  /** All variables except `after`. */
  readonly variables?: Readonly<Record<string, unknown>> & { readonly after?: never };
};

/** The same, with a document that GraphQL Code Generator or gql.tada makes. */
export type TypedFollowed<R, V> = { readonly query: TypedDocument<R, V> } & (object extends Omit<V, 'after'>
  ? { readonly variables?: Omit<V, 'after'> & { readonly after?: never } }
  : { readonly variables: Omit<V, 'after'> & { readonly after?: never } });

/** The messages of a subscription, by the type of its result. */
export type MessageOf<R> = Extract<R[keyof R], StreamMessage>;

export interface FollowOptions<M extends StreamMessage> {
  readonly operationName?: string;
  /** Where to begin: an earlier cursor, or the `head` of a query. If it is absent, only what happens from now on is sent. */
  readonly after?: string | null;
  /**
   * Called with each event, CaughtUp, Erasure and Revision, in order: the next call waits for the promise of the last. If it throws,
   * then `follow` ends. To go on at another time, keep `message.cursor` once the message is dealt with. `errors` are those of the
   * message's fields, which are null then.
   */
  readonly onMessage: (message: Exclude<M, { __typename?: 'Gap' }>, errors?: readonly FieldError[]) => unknown;
  /** Called instead of `onMessage`, in the same order, when events are lost for good: what is shown may be incomplete. */
  readonly onGap: (gap: GapOf<M>) => unknown;
  /**
   * Called, in the same order, with the cursor of an event whose message would have been too large. To see the event, ask for it
   * with fewer fields.
   */
  readonly onTooLarge?: (cursor: string) => unknown;
  /** Called when the state changes. With `waiting` and `failed` comes the reason why there is no connection. */
  readonly onState?: (state: FollowState, reason?: Error) => unknown;
  /**
   * Called when the gateway said that the token has expired (4403), so that `connectionParams` can give a fresh one.
   * The next try waits for it, unless the client tries again by itself (`retryAttempts`).
   */
  readonly onTokenExpired?: () => unknown;
  /**
   * Asked whether to try again after an error that hookcast doesn't know, such as one of another gateway in between. Without this
   * function, such errors are tried again.
   */
  readonly shouldRetry?: (error: unknown) => boolean;
  /** How often it tries again, one failure after the other, before it ends. Default: Infinity. */
  readonly retries?: number;
  /**
   * How long to wait after the nth failed try, in milliseconds. Default: 0.5 to 1 s at first, 15 to 30 s at most. The wait ends
   * early when the machine wakes, or the browser says that it is online.
   */
  readonly wait?: (tries: number) => number;
  /**
   * How long the connection may be silent before it is given up for another, in milliseconds. Default: 30,000. The client's other
   * operations share the connection, and its end.
   */
  readonly patience?: number;
}

export interface FollowHandle {
  /** The cursor of the newest message that a callback is done with. Keep it to go on from there at another time. */
  readonly cursor: string | null;
  /**
   * Settles when `follow` is over and the last callback is done. Resolves after `stop()` or the client's `dispose()`. Rejects with
   * the error that makes another try useless, or with what a callback threw. If there is `onState`, then it is told of `failed`, and
   * the promise may be ignored.
   */
  readonly ended: Promise<void>;
  stop(): void;
}

export { mayPass } from './refusal.ts';

const TOKEN_EXPIRED = 4403;
const NORMAL_CLOSURE = 1000;

/**
 * Follows a subscription across interruptions: a gateway that restarts, a network that drops, a token that expires. Each message
 * moves the cursor on, and every new try begins there, so that each event is given once. Use a client that doesn't retry by itself
 * (`retryAttempts: 0`). A client that does resumes from the right cursor, too.
 *
 * Runs in browsers and in Node. Give the client `connectionParams` as a function, which the client calls for each connection.
 *
 * @throws {TypeError} when the document could not be resumed, or when `onMessage` or `onGap` is missing.
 */
export function follow<R extends object, V>(
  client: FollowClient,
  options: FollowOptions<MessageOf<R>> & TypedFollowed<R, V>,
): FollowHandle;
export function follow<M extends StreamMessage = StreamMessage>(
  client: FollowClient,
  options: FollowOptions<M> & Followed,
): FollowHandle;
export function follow<M extends StreamMessage>(
  client: FollowClient,
  options: FollowOptions<M> & { readonly query?: unknown; readonly documentId?: string; readonly variables?: object },
): FollowHandle {
  if (typeof options.onMessage !== 'function')
    throw new TypeError('follow(): onMessage is missing. It is called with each message.');
  // Otherwise this would be found out only when events are lost, which may be in a year.
  if (typeof options.onGap !== 'function') throw new TypeError(UNTOLD);
  const { promise: ended, resolve, reject } = settlable();
  if (options.onState) ended.catch(() => {});
  /** The cursor of the newest message whose callback is done. */
  let done = options.after ?? null;
  let said: FollowState | null = null;
  let stopped = false;
  let closedWith = 0;
  /** Whether `onTokenExpired` was called for this connection. */
  let isExpiryTold = false;

  const finish = (failure?: { readonly error: unknown } | null) => {
    if (stopped) return;
    stopped = true;
    resumption.stop();
    for (const forget of listening) forget();
    void settle(failure);
  };
  const settle = async (failure?: { readonly error: unknown } | null) => {
    await calls;
    if (!failure) return resolve();
    try {
      await options.onState?.('failed', toError(failure.error));
    } catch {
      // The error that ended it counts more than what `onState` throws.
    }
    reject(failure.error);
  };

  /** Resolves when all callbacks are done. They run one after the other. */
  let calls: Promise<void> = Promise.resolve();
  const callAfter = async (last: Promise<void>, callback: () => unknown) => {
    await last;
    if (stopped) return;
    try {
      await callback();
    } catch (error) {
      finish({ error });
    }
  };
  const call = (callback: () => unknown) => {
    calls = callAfter(calls, callback);
  };
  const say = (state: FollowState, reason?: Error) => {
    if (said !== state) call(() => options.onState?.(state, reason));
    said = state;
  };
  const tellExpiry = () => {
    if (isExpiryTold) return;
    isExpiryTold = true;
    call(() => options.onTokenExpired?.());
  };

  const take = (message: M, errors?: readonly FieldError[]) => {
    if (typeof message.__typename !== 'string') return finish({ error: new TypeError(UNNAMED) });
    const kind = kindOf(message);
    if (kind !== 'CaughtUp' && said !== 'live') say('behind');
    call(async () => {
      await (kind === 'Gap'
        ? options.onGap(message as unknown as GapOf<M>)
        : options.onMessage(message as Exclude<M, { __typename?: 'Gap' }>, errors));
      done = message.cursor;
    });
    if (kind === 'CaughtUp') say('live');
  };

  const resumption = new Resumption(client, requestOf(options), {
    onResult: ({ errors }, cursor, message) => {
      if (message) return take(message as M, errors as readonly FieldError[] | undefined);
      call(async () => {
        await options.onTooLarge?.(cursor);
        done = cursor;
      });
    },
    onCut: async (reason) => {
      say('waiting', toError(reason));
      const isExpired = isExpiry(reason);
      if (isExpired) tellExpiry();
      // `onTokenExpired` is among the callbacks: the fresh token is there before the client asks for it.
      await calls;
      // Another gateway in between may keep the connection, and with it the old token.
      if (isExpired && closedWith === 0 && !stopped) client.terminate();
    },
    onEnd: (failure) => finish(failure && { error: toError(failure.error) }),
    isDisposed: () => closedWith === NORMAL_CLOSURE,
    shouldRetry: options.shouldRetry,
    retries: options.retries,
    wait: options.wait,
  });
  const listening = [
    endWhenSilent(client, options),
    client.on('connecting', () => {
      closedWith = 0;
      isExpiryTold = false;
      say('connecting');
    }),
    // The error comes before the close, and says more about what failed.
    client.on('error', (error) => say('waiting', toError(error))),
    client.on('closed', (event) => {
      closedWith = closeCodeOf(event);
      if (closedWith === NORMAL_CLOSURE) return;
      say('waiting', toError(event));
      if (closedWith === TOKEN_EXPIRED) tellExpiry();
    }),
  ];
  say('connecting');
  resumption.begin();
  return {
    get cursor() {
      return done;
    },
    ended,
    stop: () => finish(),
  };
}

const UNTOLD = 'follow(): onGap is missing. It is called when events are lost for good: read the list anew in it.';
const UNNAMED = 'follow() needs a subscription whose field selects __typename and cursor, unaliased.';

/** @throws {TypeError} when the document could not be resumed. */
function requestOf(options: {
  readonly query?: unknown;
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: object;
  readonly after?: string | null;
}) {
  const { documentId, operationName, variables, after = null } = options;
  if (variables && 'after' in variables)
    throw new TypeError('Give follow() the cursor as `after`, not in `variables`.');
  const document = toSubscribed(options);
  const { query } = document;
  if (query !== '' && ![/\bcursor\b/, /\b__typename\b/].every((pattern) => pattern.test(query)))
    throw new TypeError('follow() needs a subscription whose field selects __typename and cursor.');
  return {
    ...document,
    ...(documentId !== undefined && { documentId }),
    ...(operationName !== undefined && { operationName }),
    variables: { ...variables, after },
  };
}

/** Promise.withResolvers, which not every browser has. */
function settlable() {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
