import type { FollowClient, StreamMessage } from './follow.ts';
import type { ListDocument, OwnOperations } from './list-documents.ts';
import type { ListRow } from './rows.ts';

/** A client of graphql-ws, 5 or 6: the one socket of all lists that are given it. */
export type ListClient = FollowClient;

/**
 * `connecting`: nothing is known yet. `catchingUp`: what happened while it was away is still coming. `silent`: nothing was heard of the
 * gateway any more, so that the connection was given up for another. `offline`: there is no connection, and it comes back by itself.
 * `denied`: the gateway refuses for good what the list asks for, or its token; `error` says why, and `reload` tries again.
 */
export type ListStatus = 'connecting' | 'catchingUp' | 'live' | 'silent' | 'offline' | 'denied';

/** What every row has besides what its fragment selects. */
export interface ListedEvent {
  readonly __typename: string;
  readonly id: string;
  /** The provider's own id, which only together with the source says which event it is. */
  readonly eventId: string;
  readonly source: string;
}

/** What there is to see of a list: the same object until it changes. */
export interface ListView<R> {
  /** Newest first. */
  readonly rows: readonly ListRow<R & ListedEvent>[];
  readonly status: ListStatus;
  /** How many are still to come, if it is `catchingUp` and that is known. */
  readonly left: number | null;
  /**
   * RETENTION or LOG_REPLACED after events were lost for good: what is shown was read anew since, and something before it may be missing.
   * Null again after `reload`.
   */
  readonly gap: 'RETENTION' | 'LOG_REPLACED' | null;
  /** Why there is no connection, or what the gateway refuses. */
  readonly error: Error | null;
  /** The code that the connection was closed with. Null if there is one, or if the gateway only said over it why it can't go on. */
  readonly closedWith: number | null;
  /** Since when there has been no connection, in milliseconds since 1970. */
  readonly lostAt: number | null;
  /** Whether the first page has come. */
  readonly isLoaded: boolean;
  readonly isPaused: boolean;
  /** How many have come since the list was paused. */
  readonly waiting: number;
  /** Those of them that are kept, newest first. */
  readonly waitingRows: readonly ListRow<R & ListedEvent>[];
  /** Whether there are older ones than the last row. */
  readonly hasOlder: boolean;
  /** How many have come since the list began, without those of its pages. */
  readonly arrived: number;
}

/** The members of the gateway's `EventFilter` that a list itself looks at. */
export type ListFilter = Readonly<Record<string, unknown>> & {
  readonly typenames?: readonly string[] | null;
  readonly kinds?: readonly string[] | null;
};

export interface ListOptions<R> {
  /** A fragment that says what a row shows, or operations of one's own. */
  readonly row: ListDocument<R> | OwnOperations<R>;
  /** What it is a list of. */
  readonly of: 'cancellations' | 'events';
  /** Such as `{ filter: { kinds: ['TICKET'] } }`. */
  readonly variables?: Readonly<Record<string, unknown>> & { readonly filter?: ListFilter };
  /** At most so many rows, and as many that wait. 500 unless said otherwise. */
  readonly keep?: number;
  /**
   * How many rows are read at once, 100 at most; 20 unless said otherwise. If more than these happened while the list was away, it begins
   * anew with the newest: `older` reads the rest.
   */
  readonly page?: number;
  /** Where the cursor is kept, so that a page that is loaded again goes on from it. */
  readonly cursor?: { read(): string | null; write(cursor: string): void };
  /** Called with each message as it comes, such as to sound a bell. */
  readonly onMessage?: (message: ListMessage<R>) => void;
  /** Called when the gateway said that the token has expired, and waited for before the next try. */
  readonly onTokenExpired?: () => unknown;
  /** How long to wait after the nth try in vain, in milliseconds. As with `follow`, unless said otherwise. */
  readonly wait?: (tries: number) => number;
  /** For how long the connection may be silent before it is given up, in milliseconds. 30,000 unless said otherwise. */
  readonly patience?: number;
}

/** A message of the subscription. An event, or its revision, has a `node`; an erasure has `source` and `eventIds`. */
export interface ListMessage<R> extends StreamMessage {
  readonly node?: R & ListedEvent;
  readonly source?: string;
  readonly eventIds?: readonly string[];
  readonly reason?: 'RETENTION' | 'LOG_REPLACED';
}
