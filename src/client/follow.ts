import { type TypedDocument, toSubscribed } from './document.ts';
import { type FieldError, closeCodeOf, isExpiry, toError } from './refusal.ts';
import { type ServerMessage, Resumption, type Subscribing, kindOf } from './resumption.ts';
import { type WebSocketClient, endWhenSilent } from './silence.ts';

/** What a subscription sends. The document must select `__typename` and `cursor`; the rest is up to it. */
export interface StreamMessage extends ServerMessage {}

/** A client of graphql-ws, 5 or 6. */
export interface FollowClient extends WebSocketClient, Subscribing {}

/** What lay between `after` and `resumedAt` can't be had any more (`reason`: RETENTION or LOG_REPLACED). */
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

/** A subscription with one field, which takes its cursor from the variable `$after`: as text, or by the id of a trusted document. */
export type Followed = ({ readonly query: string } | { readonly documentId: string }) & {
  /** All but `after`. */
  readonly variables?: Readonly<Record<string, unknown>> & { readonly after?: never };
};

/** The same, as GraphQL Code Generator or gql.tada makes it. */
export type TypedFollowed<R, V> = { readonly query: TypedDocument<R, V> } & (object extends Omit<V, 'after'>
  ? { readonly variables?: Omit<V, 'after'> & { readonly after?: never } }
  : { readonly variables: Omit<V, 'after'> & { readonly after?: never } });

/** The messages of a subscription, by the type of its result. */
export type MessageOf<R> = Extract<R[keyof R], StreamMessage>;

export interface FollowOptions<M extends StreamMessage> {
  readonly operationName?: string;
  /** Where to begin: a cursor of before, or the `head` of a query. Absent: from now on. */
  readonly after?: string | null;
  /**
   * Called with each event (and CaughtUp, Erasure and Revision), in order: the next call waits for the promise of the last. What
   * it throws ends the following. To go on at another time, keep `message.cursor` once it is dealt with. Errors of the
   * message's fields, which are null then, come with it.
   */
  readonly onMessage: (message: Exclude<M, { __typename?: 'Gap' }>, errors?: readonly FieldError[]) => unknown;
  /** Called instead, in its place of the order, when events can't be had any more: what is shown may be incomplete. */
  readonly onGap: (gap: GapOf<M>) => unknown;
  /**
   * Called in its place of the order for an event whose message would have been too large, with where in the log it is. To see
   * it, ask for it with fewer fields.
   */
  readonly onTooLarge?: (cursor: string) => unknown;
  /** Called when it changes; with `waiting` and `failed` comes the reason why there is no connection. */
  readonly onState?: (state: FollowState, reason?: Error) => unknown;
  /**
   * Called when the gateway said that the token has expired (4403), so that `connectionParams` can give a fresh one.
   * It is waited for before the next try, unless that is one of the client's own (`retryAttempts`).
   */
  readonly onTokenExpired?: () => unknown;
  /**
   * Asked whether to try again after an error that hookcast doesn't know, such as one of a gateway that stands between. Without it, such
   * errors are tried again.
   */
  readonly shouldRetry?: (error: unknown) => boolean;
  /** How many tries in vain, one after the other, end it. Infinity unless said otherwise. */
  readonly retries?: number;
  /**
   * How long to wait after the nth try in vain, in milliseconds. Unless said otherwise 0.5 to 1 s, up to 15 to 30 s. It is cut
   * short when the machine wakes, or the browser says that it is online.
   */
  readonly wait?: (tries: number) => number;
  /**
   * For how long the connection may be silent before it is given up for another, in milliseconds. Unless said otherwise
   * 30,000. The client's other operations share the connection, and its end.
   */
  readonly patience?: number;
}

export interface FollowHandle {
  /** Of the newest message that a callback is done with: to go on from there at another time. */
  readonly cursor: string | null;
  /**
   * Settles when it is over and the last callback done. Resolves after `stop()` or the client's `dispose()`; rejects with
   * what makes it useless to try again, or with what a callback threw. If there is `onState`, which is told of `failed`, then nobody
   * need look at it.
   */
  readonly ended: Promise<void>;
  stop(): void;
}

export { mayPass } from './refusal.ts';

const TOKEN_EXPIRED = 4403;
const NORMAL_CLOSURE = 1000;

/**
 * Follows a subscription across interruptions: a gateway that restarts, a network that drops, a token that expires. Each message
 * moves the cursor on, and every new try begins there, so that each event is given once. Best with a client that doesn't retry by
 * itself (`retryAttempts: 0`); one that does resumes from the right cursor, too.
 *
 * Runs in browsers and in Node. Give the client `connectionParams` as a function: it is asked anew for each connection.
 *
 * @throws {TypeError} when the document could not be resumed.
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
  const { promise: ended, resolve, reject } = settlable();
  if (options.onState) ended.catch(() => {});
  /** Of the newest message that its callback is done with. */
  let done = options.after ?? null;
  let said: FollowState | null = null;
  let stopped = false;
  let closedWith = 0;
  /** Of this connection's token. */
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
      // It is over already, and what ended it is what counts.
    }
    reject(failure.error);
  };

  /** Callbacks, one after the other. */
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
      // In order with the callbacks: a fresh token is there before it is asked for.
      await calls;
      // A gateway that stands between may keep the connection, and with it the old token.
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
    // Comes before its close, and knows more of what failed.
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
