import { ask } from './ask.ts';
import { type StreamMessage, follow } from './follow.ts';
import { type Page, operationsOf } from './list-documents.ts';
import type { ListClient, ListMessage, ListOptions, ListView, ListedEvent } from './list-view.ts';
import { closeCodeOf, hasCode, mayPass, toError } from './refusal.ts';
import { backoff } from './resumption.ts';
import { BEGINNING, CONNECTED, ShownList } from './shown-list.ts';
import { callWithin, endWhenSilent } from './silence.ts';

/** A list of events that keeps itself as it should be, for any framework. Its functions need no `this`. */
export interface EventList<R> {
  /** What there is to see of it: the same object until it changes. */
  readonly getView: () => ListView<R>;
  /** Calls back after each change, until the function that it returns is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * Follows from now on, until the function that it returns is called. What is begun and ended in the same turn, as React's StrictMode
   * does, asks nobody.
   */
  readonly begin: (client: ListClient) => () => void;
  /** Somebody reads: what comes from now on waits. */
  readonly pause: () => void;
  /** Shows what waited, and what comes from now on. */
  readonly resume: () => void;
  /** Reads an older page, as long as there is room for it. If it can't be read, then `hasOlder` stays. */
  readonly older: () => void;
  /** Reads the list anew, and tries again if it was denied. */
  readonly reload: () => void;
}

/** As many as the gateway reads at once. */
const LARGEST_PAGE = 100;
const NORMAL_CLOSURE = 1000;
const NO_CLOSE = 1006;
const TOKEN_EXPIRED = 4403;
/** graphql-ws' own, of a connection that was given up. */
const TERMINATED = 4499;

const nothing = () => {};
/**
 * The newest page and then what happens, across lost connections and restarts. Each event is shown once, as it is now: revised,
 * or without what was erased.
 *
 * It asks for its pages by the socket that it follows by. After it was away it asks first how much it missed: if that is more
 * than a page, then the newest page takes the place of all rows, which costs the gateway and the page a fraction of sending each
 * one.
 *
 * @throws {TypeError} if the row is no fragment.
 */
export function createEventList<R>(options: ListOptions<R>): EventList<R> {
  type Node = R & ListedEvent;
  const { variables = {}, keep = 500, page = 20, cursor: keeper, onMessage, wait = backoff } = options;
  const operations = operationsOf(options.of, options.row);
  const shown = new ShownList<R>({ ...options, keep }, () => cursor !== null && keeper?.write(cursor));
  const { rows } = shown;
  let client: ListClient | null = null;
  /** Of the newest message: a connection that begins anew begins there. */
  let cursor: string | null = null;
  /** Ends what runs: a question, the stream, or the wait for the next try. */
  let cancel = nothing;
  let tries = 0;
  /** What the last close said. */
  let closedWith = 0;
  /** What is shown is to be read anew, as soon as that can be and nobody reads it. */
  let isStale = false;

  const askPage = (range: object, onPage: (page: Page<Node>) => void, onFailure: (error: unknown) => void) =>
    ask(
      client!,
      { query: operations.page, variables: { ...variables, ...range, last: Math.min(page, keep, LARGEST_PAGE) } },
      ([page]) => onPage(page as Page<Node>),
      onFailure,
    );
  /** Asks for a page. If it can't be had, the list comes back for it. */
  const read = (range: object, onPage: (page: Page<Node>) => void, isNoMatter = (_errors: unknown) => false) => {
    cancel = askPage(range, onPage, (error) => {
      // Of a connection that is lost no question is answered.
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
  /** What is shown is no longer whole. While somebody reads it, it stays. */
  const readAnew = () => {
    isStale = true;
    if (!client || rows.isPaused) return;
    cancel();
    shown.left = null;
    read({}, fill);
  };

  /** From where it is: the newest page, or what happened since. */
  const open = () => {
    const after = (cursor ??= keeper?.read() ?? null);
    if (after === null || (isStale && !rows.isPaused)) return read({}, fill);
    const goOn = (missed: Page<Node>) => {
      const isTooMuch = missed.pageInfo.hasPreviousPage;
      if (isTooMuch && !rows.isPaused) return fill(missed);
      shown.left = isTooMuch ? null : missed.edges.length;
      if (shown.view.isLoaded) return followFrom(after);
      // A page that was loaded again: what lies before is read as well.
      read({ before: after }, (older) => {
        const last = older.edges.at(-1);
        if (!last) return read({}, fill);
        show(older);
        followFrom(last.cursor);
      });
    };
    read({ after }, goOn, (errors) => {
      // How much was missed is good to know, and no reason not to go on. If the cursor is too old, then the stream says why.
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
    // What it throws is the application's, and no reason to end the list.
    if (onMessage) queueMicrotask(() => onMessage(message));
    const erased = shown.take(message);
    if (!erased) readAnew();
    else if (erased.length > 0) askAgain(erased);
  };

  /** Asks what is left of events that lost something by an erasure. If there is no answer at once, the events are removed. */
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
      // A connection that never came to be has no code of its own.
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
    // What it throws is the application's. Without a fresh token, the next try says so again.
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
      // What came before they began is no news to wait for.
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
        // Meanwhile it may have been read anew, or have had the same page.
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
