import type { FollowClient, StreamMessage } from './follow.ts';
import type { ListDocument, OwnOperations } from './list-documents.ts';
import type { ListRow } from './rows.ts';

/** A client of graphql-ws, 5 or 6. All lists that are given the same client share its socket. */
export type ListClient = FollowClient;

/**
 * `connecting`: nothing is known yet. `catchingUp`: events that the list missed are still coming. `silent`: the gateway fell silent, so
 * that the connection was given up for another. `offline`: there is no connection, and the list tries again by itself.
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

/** The state of a list: the same object until something changes. */
export interface ListView<R> {
  /** Newest first. */
  readonly rows: readonly ListRow<R & ListedEvent>[];
  readonly status: ListStatus;
  /** How many events are still to come while the status is `catchingUp`. Null if that isn't known. */
  readonly left: number | null;
  /**
   * RETENTION or LOG_REPLACED after events were lost for good: the rows were read anew since, and events before them may be missing.
   * Null again after `reload`.
   */
  readonly gap: 'RETENTION' | 'LOG_REPLACED' | null;
  /** Why there is no connection, or what the gateway refuses. */
  readonly error: Error | null;
  /** The code that the connection was closed with. Null if there is a connection, or if the gateway sent GraphQL errors instead. */
  readonly closedWith: number | null;
  /** Since when there has been no connection, in milliseconds since 1970. */
  readonly lostAt: number | null;
  /** Whether the first page has come. */
  readonly isLoaded: boolean;
  readonly isPaused: boolean;
  /** How many events have come since the list was paused. */
  readonly waiting: number;
  /** The waiting rows that are kept, newest first. */
  readonly waitingRows: readonly ListRow<R & ListedEvent>[];
  /** Whether the gateway has older events than the last row. */
  readonly hasOlder: boolean;
  /** How many events have come over the stream since the list began. Those of pages don't count. */
  readonly arrived: number;
}

/** The members of the gateway's `EventFilter` that a list itself looks at. */
export type ListFilter = Readonly<Record<string, unknown>> & {
  readonly typenames?: readonly string[] | null;
  readonly kinds?: readonly string[] | null;
};

export interface ListOptions<R> {
  /** A fragment that says what a row shows, or the application's own operations. */
  readonly row: ListDocument<R> | OwnOperations<R>;
  readonly of: 'cancellations' | 'events';
  /** Variables of the operations, such as `{ filter: { kinds: ['TICKET'] } }`. */
  readonly variables?: Readonly<Record<string, unknown>> & { readonly filter?: ListFilter };
  /** The most rows that are shown, and the most that wait. Default: 500. */
  readonly keep?: number;
  /**
   * How many rows are read at once, 100 at most. Default: 20. If the list missed more events than these during an interruption, it begins
   * anew with the newest: `older` reads the rest.
   */
  readonly page?: number;
  /** Where the cursor is kept, so that a page that is loaded again goes on from it. */
  readonly cursor?: { read(): string | null; write(cursor: string): void };
  /** Called with each message as it comes, such as to sound a bell. */
  readonly onMessage?: (message: ListMessage<R>) => void;
  /** Called when the gateway said that the token has expired. The next try waits for it. */
  readonly onTokenExpired?: () => unknown;
  /** How long to wait after the nth failed try, in milliseconds. The default is that of `follow`. */
  readonly wait?: (tries: number) => number;
  /** How long the connection may be silent before it is given up, in milliseconds. Default: 30,000. */
  readonly patience?: number;
}

/**
 * A message of the subscription. An event, or its revision, has a `node`; an erasure has `source` and `eventIds`. `matches` of a revision
 * says whether the filter still wants the event.
 */
export interface ListMessage<R> extends StreamMessage {
  readonly node?: R & ListedEvent;
  readonly matches?: boolean;
  readonly source?: string;
  readonly eventIds?: readonly string[];
  readonly reason?: 'RETENTION' | 'LOG_REPLACED';
}
