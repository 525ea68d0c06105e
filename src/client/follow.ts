import type { Client } from 'graphql-ws';
import { callWithin, endWhenSilent } from './silence.ts';

/** What a subscription sends. The document must select `__typename` and `cursor`; the rest is up to it. */
export interface StreamMessage {
  readonly __typename?: string;
  readonly cursor: string;
}

/** What lay between `after` and `resumedAt` can't be had any more (`reason`: RETENTION or LOG_REPLACED). */
export interface Gap extends StreamMessage {
  readonly __typename?: 'Gap';
  readonly reason?: string;
  readonly after?: string;
  readonly resumedAt?: string;
}

type GapOf<M> = [Extract<M, { __typename?: 'Gap' }>] extends [never] ? Gap : Extract<M, { __typename?: 'Gap' }>;

/** `behind`: events that happened before are still coming. `waiting`: not connected, until the next try. */
export type FollowState = 'connecting' | 'behind' | 'live' | 'waiting';

export interface FollowOptions<M extends StreamMessage> {
  /** A subscription with one field, which takes its cursor from the variable `$after`. */
  readonly query: string;
  readonly operationName?: string;
  /** All but `after`. */
  readonly variables?: Readonly<Record<string, unknown>> & { readonly after?: never };
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
  /** Called when it changes; with `waiting` comes the reason why there is no connection. */
  readonly onState?: (state: FollowState, reason?: Error) => unknown;
  /**
   * Called when the gateway said that the token has expired (4403), so that `connectionParams` can give a fresh one.
   * It is waited for before the next try, unless that is one of the client's own (`retryAttempts`).
   */
  readonly onTokenExpired?: () => unknown;
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

/** An error of GraphQL's. */
export interface FieldError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Record<string, unknown>;
}

export interface Following {
  /** Of the newest message that a callback is done with: to go on from there at another time. */
  readonly cursor: string | null;
  /**
   * Settles when it is over and the last callback done. Resolves after `stop()` or the client's `dispose()`; rejects with
   * what makes it useless to try again, or with what a callback threw.
   */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Codes of errors that another try may not meet; whatever else the gateway refuses, it will refuse again. */
const PASSING = [
  'KEYS_UNAVAILABLE',
  'LOG_UNAVAILABLE',
  'OVERLOADED',
  'TOO_MANY_REQUESTS',
  'TIMED_OUT',
  'TOKEN_EXPIRED',
  'TOKEN_NOT_YET_VALID',
  'INTERNAL',
  // What GraphQL gateways in between (Hive) make of a connection to this one that was lost.
  'INTERNAL_SERVER_ERROR',
  'DOWNSTREAM_SERVICE_ERROR',
  'SUBREQUEST_HTTP_ERROR',
];
const TOKEN_EXPIRED = 4403;
const NORMAL_CLOSURE = 1000;
/** graphql-ws' own, of a connection that was terminated. */
const TERMINATED = 4499;
const FATAL_CLOSES = [4400, 4401, 4406, 4409, 4429];

/**
 * Follows a subscription across whatever comes between: a gateway that restarts, a network that drops, a token that
 * expires. Each message moves the cursor on, and every new try begins there, so that each event is given once. Best with
 * a client that doesn't retry by itself (`retryAttempts: 0`); one that does resumes from the right cursor, too.
 *
 * Runs in browsers and in Node. Give the client `connectionParams` as a function: it is asked anew for each connection.
 *
 * @throws {TypeError} when the document could not be resumed.
 */
export function follow<M extends StreamMessage = StreamMessage>(
  client: Pick<Client, 'subscribe' | 'on' | 'terminate'>,
  options: FollowOptions<M>,
): Following {
  checkOptions(options);
  const { promise: ended, resolve, reject } = settlable();
  /** Of the newest message that came, and of the newest that its callback is done with. */
  let received = options.after ?? null;
  let done = received;
  let said: FollowState | null = null;
  let stopped = false;
  let tries = 0;
  let closedWith = 0;
  let refreshing = false;
  let cancel: (() => void) | null = null;

  const finish = (failure?: { readonly error: unknown }) => {
    if (stopped) return;
    stopped = true;
    cancel?.();
    for (const forget of listening) forget();
    void calls.then(() => (failure ? reject(failure.error) : resolve()));
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

  const take = (message: M, errors?: readonly FieldError[]) => {
    if (typeof message.cursor !== 'string' || typeof message.__typename !== 'string') {
      const error = new TypeError(
        'follow() needs a subscription whose field selects __typename and cursor, unaliased.',
      );
      return finish({ error });
    }
    received = message.cursor;
    tries = 0;
    const caughtUp = isCaughtUp(message);
    if (!caughtUp && said !== 'live') say('behind');
    call(async () => {
      await (isGap(message)
        ? options.onGap(message as GapOf<M>)
        : options.onMessage(message as Exclude<M, { __typename?: 'Gap' }>, errors));
      done = message.cursor;
    });
    if (caughtUp) say('live');
  };

  const pass = (cursor: string) => {
    received = cursor;
    tries = 0;
    call(async () => {
      await options.onTooLarge?.(cursor);
      done = cursor;
    });
  };

  const connect = () => {
    say('connecting');
    const { query, operationName, variables } = options;
    let over = false;
    let expired = false;
    let isAnew = tellAnew();
    const again = (error: unknown) => {
      if (over || stopped) return;
      over = true;
      void comeBack(error);
    };
    const payload = {
      query,
      ...(operationName !== undefined && { operationName }),
      // Read whenever the client writes the request, so that its own retries resume as well.
      get variables() {
        isAnew = tellAnew();
        return { ...variables, after: received };
      },
    };
    cancel = client.subscribe<Record<string, M>>(payload, {
      next: ({ data, errors }) => {
        if (over || stopped) return;
        const [message] = Object.values(data ?? {});
        // A field that failed is no reason to miss the rest of its event, nor all that come after it.
        if (message && isAnew(message)) {
          cancel?.();
          return again(new Error('A gateway in between has subscribed anew, from where it once began.'));
        }
        if (message) return take(message, errors);
        const passed = cursorIn(errors);
        if (passed !== null) return pass(passed);
        // The close that comes next says so too; from a gateway in between comes `complete`.
        expired = errors?.some((error) => codeOf(error) === 'TOKEN_EXPIRED') ?? false;
        if (!errors || expired) return;
        cancel?.();
        again(errors);
      },
      error: again,
      // The gateway has no reason to complete a stream but its own end; the client, when it is disposed of.
      complete: () => {
        if (closedWith === NORMAL_CLOSURE) return finish();
        if (expired && !refreshing) call(refresh);
        again(null);
      },
    });
  };

  const comeBack = async (error: unknown) => {
    tries += 1;
    if (!mayPass(error) || tries > (options.retries ?? Infinity)) return finish({ error: toError(error) });
    say('waiting', toError(error));
    // In order with the callbacks: a fresh token is there before it is asked for.
    await calls;
    if (stopped) return;
    cancel = callWithin((options.wait ?? backoff)(tries), connect);
  };

  const refresh = async () => {
    try {
      await options.onTokenExpired?.();
    } finally {
      refreshing = false;
    }
  };

  const listening = [
    endWhenSilent(client, options),
    client.on('connecting', () => {
      closedWith = 0;
      say('connecting');
    }),
    // Comes before its close, and knows more of what failed.
    client.on('error', (error) => say('waiting', toError(error))),
    client.on('closed', (event) => {
      closedWith = closeCodeOf(event);
      if (closedWith === NORMAL_CLOSURE) return;
      say('waiting', toError(event));
      if (closedWith !== TOKEN_EXPIRED || refreshing) return;
      refreshing = true;
      call(refresh);
    }),
  ];
  connect();
  return {
    get cursor() {
      return done;
    },
    ended,
    stop: () => finish(),
  };
}

function checkOptions({ query, variables }: { readonly query: string; readonly variables?: object }): void {
  const missing = [/\$after\b/, /\bcursor\b/, /\b__typename\b/].findIndex((pattern) => !pattern.test(query));
  if (missing === 0)
    throw new TypeError('follow() needs a subscription that takes its cursor from the variable $after.');
  if (missing > 0) throw new TypeError('follow() needs a subscription whose field selects __typename and cursor.');
  if (variables && 'after' in variables)
    throw new TypeError('Give follow() the cursor as `after`, not in `variables`.');
}

/** Between half and all of 1, 2, 4 … 30 s: thousands who lost the same gateway must not come back in the same moment. */
export function backoff(tries: number): number {
  return Math.min(1_000 * 2 ** (tries - 1), 30_000) * (0.5 + Math.random() / 2);
}

/**
 * Whether another try may succeed. Errors come as a list of GraphQL's, as the event of a close, or as whatever the
 * network's failure is there.
 */
export function mayPass(error: unknown): boolean {
  if (Array.isArray(error)) return error.some((one) => PASSING.includes(codeOf(one)) || isBlank(one));
  return !FATAL_CLOSES.includes(closeCodeOf(error));
}

/** A gateway in between may give the names of types a prefix, so that only their ends count. */
function isCaughtUp({ __typename }: { readonly __typename?: unknown }): boolean {
  return String(__typename).endsWith('CaughtUp');
}

function isGap(message: StreamMessage): boolean {
  return 'resumedAt' in message || String(message.__typename).endsWith('Gap');
}

/**
 * A function to ask of each message of one try whether it belongs to another subscription than those before it. A GraphQL gateway in
 * between that was cut off subscribes again by itself, with the variables that it was given. So what came since would come a second
 * time, beginning with the first that came; or it would be missed if there was no cursor among the variables, and `CaughtUp` would
 * come a second time. Such a message is not to be taken: another try goes on from the cursor of the last one that was.
 */
export function tellAnew(): (message: { readonly __typename?: unknown; readonly cursor?: unknown }) => boolean {
  let first: unknown = null;
  let wasCaughtUp = false;
  return (message) => {
    if (isCaughtUp(message)) {
      const isSecond = wasCaughtUp;
      wasCaughtUp = true;
      return isSecond;
    }
    if (first === null) first = message.cursor;
    else return first === message.cursor;
    return false;
  };
}

/** Where in the log an event is that could not be sent (ANSWER_TOO_LARGE). After it, the stream goes on. */
export function cursorIn(errors: readonly unknown[] | undefined): string | null {
  const cursors = (errors ?? []).map((error) => (error as FieldError).extensions?.['cursor']);
  return cursors.find((cursor) => typeof cursor === 'string') ?? null;
}

function codeOf(error: { readonly extensions?: Record<string, unknown> }): string {
  return String(error.extensions?.['code']);
}

/** All that a gateway in between says when it gives up coming back. Every error of hookcast's own has a code and words. */
function isBlank({ message, extensions }: FieldError): boolean {
  return message === '' && extensions === undefined;
}

function closeCodeOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : 0;
}

function toError(error: unknown): Error {
  if (Array.isArray(error)) return new Error(error.map(({ message }: { message: string }) => message).join('; '));
  const { message = '', reason = '' } = Object(error) as { message?: string; reason?: string };
  const code = closeCodeOf(error);
  if (code === TERMINATED)
    return new Error('Nothing was heard of the gateway any more, so the connection was given up.');
  if (error instanceof Error) return error;
  if (code > 0 && code !== 1006) return new Error(`The gateway closed the connection: ${code} ${reason}`.trimEnd());
  return new Error(message ? `The gateway can't be reached: ${message}` : "The gateway can't be reached.");
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
