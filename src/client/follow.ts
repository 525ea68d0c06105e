import type { Client, FormattedExecutionResult } from 'graphql-ws';

/** What a subscription sends. The document must select `__typename` and `cursor`; the rest is up to it. */
export interface StreamMessage {
  readonly __typename: string;
  readonly cursor: string;
}

/** What lay between `after` and `resumedAt` can't be had any more (`reason`: RETENTION or LOG_REPLACED). */
export interface Gap extends StreamMessage {
  readonly __typename: 'Gap';
  readonly reason?: string;
  readonly after?: string;
  readonly resumedAt?: string;
}

/** `behind`: events that happened before are still coming. `waiting`: not connected, until the next try. */
export type FollowState = 'connecting' | 'behind' | 'live' | 'waiting';

export interface FollowOptions<M extends StreamMessage> {
  /** A subscription with one field, which takes its cursor from the variable `$after`. */
  readonly query: string;
  readonly operationName?: string;
  /** Without `after`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Where to begin: a cursor of before, or the `head` of a query. Absent: from now on. */
  readonly after?: string | null;
  /**
   * Called with each event (and CaughtUp and Erasure), in order: the next call waits for the promise of the last. What
   * it throws ends the following.
   */
  readonly onMessage: (message: M) => void | Promise<void>;
  /** Called instead, in its place of the order, when events can't be had any more: what is shown may be incomplete. */
  readonly onGap: (gap: M & Gap) => void | Promise<void>;
  readonly onState?: (state: FollowState) => void;
  /** Called when the gateway said that the token has expired (4403), before it is tried again. Get a fresh one here. */
  readonly onTokenExpired?: () => void | Promise<void>;
  /** How many tries in vain, one after the other, end it. Infinity unless said otherwise. */
  readonly retries?: number;
  /** How long to wait before the nth try in vain is repeated, in milliseconds. Doubles from 0.5 to 30 s, with jitter. */
  readonly wait?: (tries: number) => number;
}

export interface Following {
  /** Of the newest message that was given to its callback: what to keep, to go on from here at another time. */
  readonly cursor: string | null;
  /** Resolves when it was stopped. Rejects with what makes it useless to try again, or with what a callback threw. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Codes of errors that another try may not meet; whatever else the gateway refuses, it will refuse again. */
const PASSING = ['KEYS_UNAVAILABLE', 'LOG_UNAVAILABLE', 'OVERLOADED', 'INTERNAL'];
/** Close codes that say the same. 4403 comes from a token that has expired. */
const TOKEN_EXPIRED = 4403;
const FATAL_CLOSES = [4400, 4401, 4406, 4409, 4429];

/**
 * Follows a subscription across whatever comes between: a gateway that restarts, a network that drops, a token that
 * expires. Each message moves the cursor on, and every new try begins there, so that each event is given once. The
 * client's own retries may be on or off.
 *
 * Runs in browsers and in Node. Give the client `connectionParams` as a function: it is asked anew for each connection.
 */
export function follow<M extends StreamMessage = StreamMessage>(
  client: Pick<Client, 'subscribe' | 'on'>,
  options: FollowOptions<M>,
): Following {
  if (!/\$after\b/.test(options.query) || !/\bcursor\b/.test(options.query) || !options.query.includes('__typename')) {
    throw new TypeError('follow() needs a subscription with the variable $after that selects __typename and cursor.');
  }
  const { promise: ended, resolve, reject } = settlable();
  /** Of the newest message that came, and of the newest that was given to its callback. */
  let received = options.after ?? null;
  let given = received;
  let said: FollowState | null = null;
  let stopped = false;
  let tries = 0;
  let cancel: (() => void) | null = null;

  const finish = (error?: unknown) => {
    if (stopped) return;
    stopped = true;
    cancel?.();
    for (const forget of listening) forget();
    if (error === undefined) resolve();
    else reject(error);
  };

  /** Callbacks, one after the other. */
  let calls: Promise<void> = Promise.resolve();
  const callAfter = async (last: Promise<void>, callback: () => unknown) => {
    await last;
    if (stopped) return;
    try {
      await callback();
    } catch (error) {
      finish(error);
    }
  };
  const call = (callback: () => unknown) => {
    calls = callAfter(calls, callback);
  };
  const say = (state: FollowState) => {
    if (said !== state) call(() => options.onState?.(state));
    said = state;
  };

  const take = (message: M) => {
    if (typeof message.cursor !== 'string') return finish(new TypeError('The subscription must select `cursor`.'));
    received = message.cursor;
    tries = 0;
    if (message.__typename === 'CaughtUp') say('live');
    else if (said !== 'live') say('behind');
    call(async () => {
      await (isGap(message) ? options.onGap(message) : options.onMessage(message));
      given = message.cursor;
    });
  };

  const connect = () => {
    say('connecting');
    const { query, operationName, variables } = options;
    let over = false;
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
        return { ...variables, after: received };
      },
    };
    cancel = client.subscribe<Record<string, M>>(payload, {
      next: ({ data, errors }) => {
        if (over || stopped) return;
        for (const message of Object.values(data ?? {})) if (message) take(message);
        // The close that comes next says so too, and with it a client's own retries begin.
        if (!errors || errors.some((error) => codeOf(error) === 'TOKEN_EXPIRED')) return;
        cancel?.();
        again(errors);
      },
      error: again,
      // The gateway has no reason to complete a stream but its own end.
      complete: () => again(null),
    });
  };

  const comeBack = async (error: unknown) => {
    tries += 1;
    if (!mayPass(error) || tries > (options.retries ?? Infinity)) return finish(toError(error));
    say('waiting');
    // In order with the callbacks: a fresh token is there before it is asked for.
    await calls;
    if (stopped) return;
    const timer = setTimeout(connect, (options.wait ?? backoff)(tries));
    cancel = () => clearTimeout(timer);
  };

  const listening = [
    client.on('connecting', () => say('connecting')),
    client.on('closed', (event) => {
      say('waiting');
      if (closeCodeOf(event) === TOKEN_EXPIRED) call(() => options.onTokenExpired?.());
    }),
  ];
  connect();
  return {
    get cursor() {
      return given;
    },
    ended,
    stop: () => finish(),
  };
}

/** Between half and all of 0.5, 1, 2 … 30 s: thousands who lost the same gateway must not come back at once. */
function backoff(tries: number): number {
  return Math.min(1_000 * 2 ** (tries - 1), 30_000) * (0.5 + Math.random() / 2);
}

function isGap<M extends StreamMessage>(message: M): message is M & Gap {
  return message.__typename === 'Gap';
}

/** Errors come as a result's or as graphql-ws hands on a close, an Error of the network, or GraphQL errors. */
function mayPass(error: unknown): boolean {
  if (Array.isArray(error)) return error.some((one) => PASSING.includes(codeOf(one)));
  return !FATAL_CLOSES.includes(closeCodeOf(error));
}

function codeOf(error: NonNullable<FormattedExecutionResult['errors']>[number]): string {
  return String(error.extensions?.['code']);
}

function closeCodeOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : 0;
}

function toError(error: unknown): Error {
  if (error instanceof Error) return error;
  if (Array.isArray(error)) return new Error(error.map(({ message }: { message: string }) => message).join('; '));
  const reason = typeof error === 'object' && error !== null && 'reason' in error ? String(error.reason) : '';
  return new Error(`The gateway closed the connection: ${closeCodeOf(error)} ${reason}`.trimEnd(), { cause: error });
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
