import { ask } from './ask.ts';
import { type StreamMessage, follow } from './follow.ts';
import { type Page, operationsOf } from './list-documents.ts';
import type { ListClient, ListMessage, ListOptions, ListView, ListedEvent } from './list-view.ts';
import { closeCodeOf, hasCode, mayPass, toError } from './refusal.ts';
import { backoff } from './resumption.ts';
import { BEGINNING, CONNECTED, ShownList } from './shown-list.ts';
import { callWithin, endWhenSilent } from './silence.ts';

/** A list of events that keeps itself up to date, for any framework. Its functions need no `this`. */
export interface EventList<R> {
  /** Gives the list's state: the same object until something changes. */
  readonly getView: () => ListView<R>;
  /** Calls back after each change, until the function that it returns is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * Follows from now on, until the function that it returns is called. If it is begun and ended in the same turn, as React's StrictMode
   * does, then nothing is sent.
   */
  readonly begin: (client: ListClient) => () => void;
  /** Keeps the rows as they are while somebody reads: events that come from now on wait. */
  readonly pause: () => void;
  /** Shows the events that waited, and those that come from now on. */
  readonly resume: () => void;
  /** Reads an older page, of which as many rows are shown as `keep` allows. If it can't be read, then `hasOlder` stays. */
  readonly older: () => void;
  /** Reads the list anew, and tries again if it was denied. */
  readonly reload: () => void;
}

/** The most events that the gateway reads at once. */
const LARGEST_PAGE = 100;
const NORMAL_CLOSURE = 1000;
const NO_CLOSE = 1006;
const TOKEN_EXPIRED = 4403;
/** The code with which graphql-ws closes a connection that the client gave up. */
const TERMINATED = 4499;

const nothing = () => {};
/**
 * Makes a list that shows the newest page and then what happens, across lost connections and restarts. Each event is shown once, in
 * its present form: revised, or without what was erased.
 *
 * The list asks for its pages over the socket of its stream. After an interruption it first asks how much it missed. If that is more
 * than a page, then the newest page replaces all rows, which costs the gateway and the browser a fraction of sending each event.
 *
 * @throws {TypeError} if `row` is no fragment.
 */
export function createEventList<R>(options: ListOptions<R>): EventList<R> {
  type Node = R & ListedEvent;
  const { variables = {}, keep = 500, page = 20, cursor: keeper, onMessage, wait = backoff } = options;
  const operations = operationsOf(options.of, options.row);
  const shown = new ShownList<R>({ ...options, keep }, () => cursor !== null && keeper?.write(cursor));
  const { rows } = shown;
  let client: ListClient | null = null;
  /** The cursor of the newest message, from which a new connection goes on. */
  let cursor: string | null = null;
  /** Ends what runs: a question, the stream, or the wait for the next try. */
  let cancel = nothing;
  let tries = 0;
  /** The code of the last close. 0 after a new connection has begun. */
  let closedWith = 0;
  /** Whether the rows must be read anew, once there is a connection and the list isn't paused. */
  let isStale = false;

  const askPage = (range: object, onPage: (page: Page<Node>) => void, onFailure: (error: unknown) => void) =>
    ask(
      client!,
      { query: operations.page, variables: { ...variables, ...range, last: Math.min(page, keep, LARGEST_PAGE) } },
      ([page]) => onPage(page as Page<Node>),
      onFailure,
    );
  /** Asks for a page. If that fails, `lose` decides whether to try again, unless `isNoMatter` accepts the errors. */
  const read = (range: object, onPage: (page: Page<Node>) => void, isNoMatter = (_errors: unknown) => false) => {
    cancel = askPage(range, onPage, (error) => {
      // If the failure is no list of GraphQL errors, then the connection is lost.
      if (!Array.isArray(error) || !isNoMatter(error)) lose(error);
    });
  };
  const show = (page: Page<Node>) => {
    isStale = false;
    shown.fill(page);
  };
  const fill = (page: Page<Node>) => {
    show(page);
    followFrom(page.head);
  };
  /** Reads the rows anew, since they are no longer complete. While the list is paused, they stay. */
  const readAnew = () => {
    isStale = true;
    if (!client || rows.isPaused) return;
    cancel();
    shown.left = null;
    read({}, fill);
  };

  /** Begins with the newest page. If there is a cursor, it goes on from there. */
  const open = () => {
    const after = (cursor ??= keeper?.read() ?? null);
    if (after === null || (isStale && !rows.isPaused)) return read({}, fill);
    const goOn = (missed: Page<Node>) => {
      const isTooMuch = missed.pageInfo.hasPreviousPage;
      if (isTooMuch && !rows.isPaused) return fill(missed);
      shown.left = isTooMuch ? null : missed.edges.length;
      if (shown.view.isLoaded) return followFrom(after);
      // The browser's page was loaded again, so that no row is here: the events before the cursor are read as well.
      read({ before: after }, (older) => {
        const last = older.edges.at(-1);
        if (!last) return read({}, fill);
        show(older);
        followFrom(last.cursor);
      });
    };
    read({ after }, goOn, (errors) => {
      // The stream can go on without knowing how much was missed. If the cursor is too old, then the stream says why.
      const canFollow = hasCode(errors, 'CURSOR_EXPIRED') || (shown.view.isLoaded && mayPass(errors));
      if (canFollow) followFrom(after);
      return canFollow;
    });
  };

  const followFrom = (after: string) => {
    cursor = after;
    if (shown.left) shown.become({ ...CONNECTED, status: 'catchingUp' });
    const following = follow<ListMessage<R>>(client!, {
      query: operations.stream,
      variables,
      after,
      onMessage: take,
      onGap: (gap) => take(gap as ListMessage<R>),
      onTooLarge: (cursor) => take({ cursor }),
      onState: (state, reason) => {
        if (state === 'waiting') lose(reason);
        if (state === 'live') shown.left = null;
        if (state === 'live' || state === 'behind')
          shown.become({ ...CONNECTED, status: state === 'live' ? state : 'catchingUp' });
      },
    });
    cancel = () => following.stop();
    following.ended.catch(lose);
  };

  const take = (message: StreamMessage & Partial<ListMessage<R>>) => {
    cursor = message.cursor;
    tries = 0;
    // If the application's callback throws, that doesn't end the list.
    if (onMessage) queueMicrotask(() => onMessage(message));
    const erased = shown.take(message);
    if (!erased) readAnew();
    else if (erased.length > 0) askAgain(erased);
  };

  /** Asks for the present form of events that lost something by an erasure. If that fails, the events are removed. */
  const askAgain = (ids: readonly string[]) => {
    const replace = (nodes: readonly unknown[]) => shown.replace(ids, nodes);
    if (operations.again && ids.length <= LARGEST_PAGE) {
      ask(
        client!,
        { query: operations.again, variables: { ids } },
        ([nodes]) => replace(nodes as unknown[]),
        () => replace([]),
      );
    } else {
      replace([]);
      readAnew();
    }
  };

  const lose = (reason: unknown) => {
    if (!client) return;
    cancel();
    shown.left = null;
    const code = closedWith || closeCodeOf(reason);
    const lost = {
      error: toError(reason),
      // A connection that was never opened has no code of its own, so it gets 1006.
      closedWith: Array.isArray(reason) ? null : code || NO_CLOSE,
      lostAt: shown.view.lostAt ?? Date.now(),
    };
    let isOver = false;
    cancel = () => (isOver = true);
    if (!mayPass(code ? { code } : reason)) return shown.become({ ...lost, status: 'denied' });
    shown.become({ ...lost, status: code === TERMINATED ? 'silent' : 'offline' });
    // The client was disposed of, so no other connection is wanted.
    if (code === NORMAL_CLOSURE) return;
    tries += 1;
    const comeBack = () => {
      if (!isOver) cancel = callWithin(wait(tries), open);
    };
    if (code !== TOKEN_EXPIRED && !hasCode(reason, 'TOKEN_EXPIRED')) return comeBack();
    // If the application's callback fails, that is not handled here. Without a fresh token, the gateway says again that it has expired.
    void Promise.resolve(options.onTokenExpired?.()).finally(comeBack);
  };

  const run = (given: ListClient) => {
    client = given;
    tries = 0;
    const listening = [
      endWhenSilent(client, options),
      client.on('connecting', () => (closedWith = 0)),
      client.on('closed', (event) => (closedWith = closeCodeOf(event))),
    ];
    open();
    return () => {
      client = shown.left = null;
      cancel();
      for (const forget of listening) forget();
      shown.become({ status: 'connecting' });
    };
  };

  return {
    getView: () => shown.view,
    subscribe: (listener) => shown.subscribe(listener),
    begin: (given) => {
      let stop = nothing;
      let isOver = false;
      queueMicrotask(() => {
        if (!isOver) stop = run(given);
      });
      return () => {
        isOver = true;
        stop();
      };
    },
    pause: () => {
      // Events that came before the pause are shown, and don't wait.
      if (!rows.isPaused) shown.look();
      shown.look(true);
    },
    resume: () => {
      shown.look(false);
      if (isStale) readAnew();
    },
    older: () => {
      const last = rows.shown.at(-1);
      if (!client || !last || !rows.hasOlder) return;
      const append = (page: Page<Node>) => {
        // Meanwhile the list may have been read anew, or may have got the same page.
        if (rows.shown.at(-1) === last) shown.append(page);
      };
      askPage({ before: last.cursor }, append, () => {});
    },
    reload: () => {
      shown.become(shown.view.status === 'denied' ? BEGINNING : { gap: null });
      readAnew();
    },
  };
}
