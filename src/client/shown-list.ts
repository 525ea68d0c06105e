import type { StreamMessage } from './follow.ts';
import type { ListMessage, ListOptions, ListView, ListedEvent } from './list-view.ts';
import type { Page } from './list-documents.ts';
import { Rows } from './rows.ts';

export const CONNECTED = { error: null, closedWith: null, lostAt: null } as const;
export const BEGINNING = { ...CONNECTED, status: 'connecting', gap: null, isLoaded: false } as const;

/** How long what arrives is gathered before it is shown, in milliseconds: a burst is one change of the page. */
const GATHERED = 60;

type Options<R> = Pick<ListOptions<R>, 'of' | 'variables'> & { readonly keep: number };

/** What there is to see of a list: its rows, and what stands beside them. It tells its listeners of each change. */
export class ShownList<R> {
  readonly rows: Rows<R & ListedEvent>;
  /** How many are still to come. */
  left: number | null = null;
  view: ListView<R>;
  readonly #options: Options<R>;
  readonly #changed: () => void;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed called before anybody is told of a change. */
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

  /** Begins anew with a page. */
  fill({ edges, pageInfo }: Page<R & ListedEvent>): void {
    this.rows.fill(edges.toReversed(), pageInfo.hasPreviousPage);
    this.become({ isLoaded: true });
  }

  /** Puts an older page below what is shown. */
  append({ edges, pageInfo }: Page<R & ListedEvent>): void {
    this.rows.append(edges.toReversed(), pageInfo.hasPreviousPage);
    this.become();
  }

  /** Puts events, as they are now, in the places of those with these ids. Where there is none, it is taken away. */
  replace(ids: readonly string[], nodes: readonly unknown[]): void {
    for (const [index, id] of ids.entries()) {
      this.rows.replace(id, (nodes[index] as (R & ListedEvent) | undefined) ?? null);
    }
    this.become();
  }

  /**
   * Shows what happened.
   *
   * @returns the ids of events that lost something by an erasure. Null if what is shown is no longer whole.
   */
  take(message: StreamMessage & Partial<ListMessage<R>>): readonly string[] | null {
    const { __typename = '', cursor, node, eventIds, source, reason } = message;
    if (eventIds) return this.rows.idsOf((event) => event.source === source && eventIds.includes(event.eventId));
    // A gateway that stands between may put a prefix before it.
    if (__typename.endsWith('Gap')) {
      // Everything before is gone, and so are the erasures and revisions of it: nothing of it is shown any longer.
      this.become({ gap: reason ?? 'RETENTION' });
      return null;
    }
    if (!node) return [];
    if (__typename.endsWith('Revision')) {
      // One that the list wants only now has its place among the older ones.
      if (this.rows.has(node.id)) {
        this.rows.replace(node.id, this.#isWanted(node) ? node : null);
        this.become();
      }
      return [];
    }
    if (this.left) this.left -= 1;
    this.rows.add({ cursor, node });
    this.#gather();
    return [];
  }

  /** Shows what has come, or counts it if the list is paused. */
  look(isPaused?: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.rows.look(isPaused);
    this.become();
  }

  /** Looks soon, at what has come and at what comes until then. */
  #gather(): void {
    // Timers of a tab that nobody looks at come once a minute.
    if (this.rows.fresh.length >= this.#options.keep) return this.look();
    this.#timer ??= setTimeout(() => this.look(), GATHERED);
  }

  /** An event that was revised may be of another type now. */
  #isWanted({ __typename, kind }: ListedEvent & { readonly kind?: string }): boolean {
    const { of, variables = {} } = this.#options;
    const { typenames, kinds } = variables.filter ?? {};
    return (typenames?.includes(__typename) ?? true) && (kinds?.includes(kind!) ?? (of === 'events' || !!kind));
  }

  #seen() {
    const { shown, waiting, waitingCount, hasOlder, isPaused, arrived } = this.rows;
    const { left } = this;
    return { rows: shown, waitingRows: waiting, waiting: waitingCount, hasOlder, isPaused, arrived, left };
  }
}
