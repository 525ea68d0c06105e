import type { TadaDocumentNode } from 'gql.tada';
import { type Client, createClient } from 'graphql-ws';
import { type FollowState, type FollowHandle, type StreamMessage, follow } from 'hookcast/client';
import { textOf } from './graphql.ts';
import type { Session } from './session.ts';

/** How long the stream may be silent until the gateway is asked whether it is there, and how long it has to answer. In milliseconds. */
const SILENCE = 10_000;
const ANSWER = 5_000;

/**
 * One socket for all subscriptions of the page, with the session or token of the time when it connects. If this changes, the socket
 * reconnects, so that nothing arrives by the rights of somebody else.
 */
export function connect(session: Session, origin: string): Client {
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: `${origin.replace(/^http/, 'ws')}/graphql`,
    // `follow` reconnects by itself, with its cursor.
    retryAttempts: 0,
    lazyCloseTimeout: 1_000,
    connectionParams: () => {
      const token = session.view.signedIn?.token ?? null;
      return token === null ? {} : { authorization: `Bearer ${token}` };
    },
    // A network that vanished without a message (a closed lid) would look like a quiet day.
    keepAlive: SILENCE,
    on: {
      ping: (isTheirs) => {
        if (!isTheirs) unanswered = setTimeout(() => client.terminate(), ANSWER);
      },
      pong: () => clearTimeout(unanswered),
      closed: () => clearTimeout(unanswered),
    },
  });
  let last = session.view.signedIn;
  session.subscribe(() => {
    const { signedIn } = session.view;
    if (signedIn === last) return;
    last = signedIn;
    client.terminate();
  });
  return client;
}

/** `refused`: ended until somebody brings another token. */
export type StreamState = Exclude<FollowState, 'failed'> | 'expired' | 'refused';

/**
 * Why there is no connection. In this order: the device has no network, the gateway is not reachable, restarts, is overloaded, or can't
 * read its log.
 */
export type Interruption = 'offline' | 'unreachable' | 'restarting' | 'busy' | 'unavailable';

interface StreamOptions<M extends StreamMessage, V> {
  readonly document: TadaDocumentNode<Record<string, M>, V>;
  readonly variables: Omit<V, 'after'>;
  /** The cursor to begin after: the `head` of the query whose answer is shown. */
  readonly after: string;
  readonly onMessage: (message: M) => void;
  /** `reason` is only set for the state `waiting`. */
  readonly onState: (state: StreamState, reason: Interruption | null) => void;
}

/** Follows a subscription through restarts, lost networks and expired tokens. Gaps are messages here. Returns a function that stops it. */
export function stream<M extends StreamMessage, V>(
  client: Client,
  session: Session,
  { document, variables, after, onMessage, onState }: StreamOptions<M, V>,
): () => void {
  /** The code of the last close since the connection. Null if there was none. */
  let closedWith: number | null = null;
  const listening = [
    client.on('connected', () => (closedWith = null)),
    client.on('closed', (event) => (closedWith = (event as { readonly code?: number }).code ?? 0)),
  ];
  let following: FollowHandle;
  let isStopped = false;

  const begin = (from: string) => {
    following = follow<M>(client, {
      query: textOf(document),
      variables,
      after: from,
      onMessage,
      onGap: (gap) => onMessage(gap as unknown as M),
      onState: (state) => {
        // Handled below, where another token may restart the stream.
        if (state === 'failed') return;
        onState(session.view.stale ? 'expired' : state, interruptionOf(state, closedWith));
      },
      onTokenExpired: async () => {
        session.expire(session.view.signedIn);
        onState('expired', null);
        await session.renewal();
      },
      wait: soonAgain,
    });
    following.ended.catch(() => {
      if (isStopped || !session.view.signedIn) return;
      onState('refused', null);
      // The session was ended elsewhere. Another tab may have signed in anew.
      if (session.view.signedIn.token === null) session.expire(session.view.signedIn);
      listening.push(
        session.subscribe(() => {
          if (isStopped || !session.view.signedIn || session.view.stale) return;
          listening.pop()?.();
          begin(following.cursor ?? from);
        }),
      );
    });
  };
  begin(after);
  return () => {
    isStopped = true;
    following.stop();
    for (const forget of listening) forget();
  };
}

/** Somebody watches and waits, so an attempt every few seconds is worth it. */
export function soonAgain(tries: number): number {
  return Math.min(250 * 2 ** tries, 5_000) * (0.5 + Math.random() / 2);
}

/** @param closedWith null if nothing was closed. */
export function interruptionOf(state: StreamState, closedWith: number | null): Interruption | null {
  if (state !== 'waiting') return null;
  if (!navigator.onLine) return 'offline';
  // The message came inside the stream, and the gateway is still listening.
  if (closedWith === null) return 'unavailable';
  switch (closedWith) {
    case 1001:
    case 1012:
      return 'restarting';
    case 1013:
      return 'busy';
    default:
      return 'unreachable';
  }
}
