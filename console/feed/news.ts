import { type ListedEvent, happenedOf } from '../parts/event.ts';
import { filterOf } from '../parts/filter.ts';
import type { Bell } from './bells.ts';
import { periodOf } from './period.ts';

/** How many notified events are remembered, so that none is notified twice. */
const REMEMBERED = 1_000;

/** The new events of one view. */
export interface News {
  readonly bell: Bell;
  /** In the order of arrival. */
  readonly events: readonly ListedEvent[];
}

/**
 * Whether an event belongs to the view at this address. It is checked here, since the gateway would need a stream for each view of
 * everybody.
 */
export function inView(search: string): (event: ListedEvent) => boolean {
  const asked = new URLSearchParams(search);
  const filter = filterOf(asked);
  const { from, to } = periodOf(asked);
  return (event) => {
    if (filter.source && event.source !== filter.source) return false;
    if (filter.tenant && event.tenant.id !== filter.tenant) return false;
    if (filter.type && event.__typename !== filter.type) return false;
    if (filter.kind && event.kind !== filter.kind) return false;
    if (filter.what && happenedOf(event) !== filter.what) return false;
    const at = Date.parse(event.occurredAt);
    return (from === null || at >= from) && (to === null || at < to);
  };
}

/** Gathers new events until the notification. An event in several views is notified once, for the first of them. */
export class Gathering {
  readonly #known: string[] = [];
  readonly #events = new Map<string, ListedEvent[]>();

  /** Returns whether the event is new and belongs to one of the views. */
  add(bells: readonly Bell[], event: ListedEvent): boolean {
    if (this.#known.includes(event.id)) return false;
    const bell = bells.find(({ search }) => inView(search)(event));
    if (!bell) return false;
    this.#known.push(event.id);
    if (this.#known.length > REMEMBERED) this.#known.shift();
    this.#events.set(bell.search, [...(this.#events.get(bell.search) ?? []), event]);
    return true;
  }

  /** The gathered events of the views that still notify. */
  take(bells: readonly Bell[]): readonly News[] {
    const news = bells.flatMap((bell): News[] => {
      const events = this.#events.get(bell.search);
      return events ? [{ bell, events }] : [];
    });
    this.#events.clear();
    return news;
  }
}
