import type { StreamMessage } from './follow.ts';
import type { ListMessage, ListOptions, ListView, ListedEvent } from './list-view.ts';
import type { Page } from './list-documents.ts';
import { Rows } from './rows.ts';

export const CONNECTED = { error: null, closedWith: null, lostAt: null } as const;
export const BEGINNING = { ...CONNECTED, status: 'connecting', gap: null, isLoaded: false } as const;

/** How long events are gathered before they are shown, in milliseconds: a burst changes the page once. */
const GATHERED = 60;

type Options<R> = Pick<ListOptions<R>, 'of' | 'variables'> & { readonly keep: number };

/** The state of a list: its rows, and what its view says besides. It tells its listeners of each change. */
export class ShownList<R> {
  readonly rows: Rows<R & ListedEvent>;
  /** How many missed events are still to come. Null if that isn't known. */
  left: number | null = null;
  view: ListView<R>;
  readonly #options: Options<R>;
  readonly #changed: () => void;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed called before the listeners are told of a change. */
  constructor(options: Options<R>, changed: () => void) {
    this.rows = new Rows(options.keep);
    this.#options = options;
    this.#changed = changed;
    this.view = { ...BEGINNING, ...this.#seen() };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  become(change: Partial<ListView<R>> = {}): void {
    this.view = { ...this.view, ...change, ...this.#seen() };
    this.#changed();
    for (const listener of this.#listeners) listener();
  }

  /** Replaces all rows by a page. */
  fill({ edges, pageInfo }: Page<R & ListedEvent>): void {
    this.rows.fill(edges.toReversed(), pageInfo.hasPreviousPage);
    this.become({ isLoaded: true });
  }

  /** Puts an older page below the rows that are shown. */
  append({ edges, pageInfo }: Page<R & ListedEvent>): void {
    this.rows.append(edges.toReversed(), pageInfo.hasPreviousPage);
    this.become();
  }

  /** Replaces the events with these ids by the nodes at the same index. If there is no node, the event is removed. */
  replace(ids: readonly string[], nodes: readonly unknown[]): void {
    for (const [index, id] of ids.entries()) {
      this.rows.replace(id, (nodes[index] as (R & ListedEvent) | undefined) ?? null);
    }
    this.become();
  }

  /**
   * Applies a message of the stream.
   *
   * @returns the ids of events that lost something by an erasure. Null if the rows must be read anew.
   */
  take(message: StreamMessage & Partial<ListMessage<R>>): readonly string[] | null {
    const { __typename = '', cursor, node, matches, eventIds, source, reason } = message;
    if (eventIds) return this.rows.idsOf((event) => event.source === source && eventIds.includes(event.eventId));
    // Another gateway in between may put a prefix before the name.
    if (__typename.endsWith('Gap')) {
      // Erasures and revisions of the present rows may be lost with the gap, so none of these rows may stay.
      this.become({ gap: reason ?? 'RETENTION' });
      return null;
    }
    if (!node) return [];
    if (__typename.endsWith('Revision')) {
      // If the event matches the filter only since its revision, it belongs among older rows, and is not added.
      if (this.rows.has(node.id)) {
        this.rows.replace(node.id, matches === false ? null : node);
        this.become();
      }
      return [];
    }
    if (this.left) this.left -= 1;
    this.rows.add({ cursor, node });
    this.#gather();
    return [];
  }

  /** Shows the rows that have come. If the list is paused, they wait and are counted. */
  look(isPaused?: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.rows.look(isPaused);
    this.become();
  }

  /** Looks soon, so that rows that come until then are shown together. */
  #gather(): void {
    // The timers of a hidden tab run once a minute: without this look, rows would gather without bound.
    if (this.rows.fresh.length >= this.#options.keep) return this.look();
    this.#timer ??= setTimeout(() => this.look(), GATHERED);
  }

  #seen() {
    const { shown, waiting, waitingCount, hasOlder, isPaused, arrived } = this.rows;
    const { left } = this;
    return { rows: shown, waitingRows: waiting, waiting: waitingCount, hasOlder, isPaused, arrived, left };
  }
}
