import { type ListedEvent, happenedOf } from '../parts/event.ts';
import { eventFilterOf, filterOf, isWantedBy } from '../parts/filter.ts';
import type { Bell } from './bells.ts';
import { periodOf } from './period.ts';

/** Events of which one is told: they are remembered for so long that none is told twice. */
const REMEMBERED = 1_000;

/** What is new in one view. */
export interface News {
  readonly bell: Bell;
  /** In the order in which they came. */
  readonly events: readonly ListedEvent[];
}

/** Whether an event belongs to the view at that address. The gateway is not asked: it would have a stream for each view of everybody. */
export function inView(search: string): (event: ListedEvent) => boolean {
  const asked = new URLSearchParams(search);
  const filter = filterOf(asked);
  const { from, to } = periodOf(asked);
  const types = eventFilterOf(filter);
  return (event) => {
    if (filter.source && event.source !== filter.source) return false;
    if (filter.tenant && event.tenant.id !== filter.tenant) return false;
    if (filter.what && happenedOf(event) !== filter.what) return false;
    const at = Date.parse(event.occurredAt);
    return isWantedBy(types, event) && (from === null || at >= from) && (to === null || at < to);
  };
}

/** Gathers what comes in, until it is told. An event in several views is told once, as of the first. */
export class Gathering {
  readonly #known: string[] = [];
  readonly #events = new Map<string, ListedEvent[]>();

  /** Says whether it is in one of the views, and new. */
  add(bells: readonly Bell[], event: ListedEvent): boolean {
    if (this.#known.includes(event.id)) return false;
    const bell = bells.find(({ search }) => inView(search)(event));
    if (!bell) return false;
    this.#known.push(event.id);
    if (this.#known.length > REMEMBERED) this.#known.shift();
    this.#events.set(bell.search, [...(this.#events.get(bell.search) ?? []), event]);
    return true;
  }

  /** What was gathered, of the views that are still wanted. */
  take(bells: readonly Bell[]): readonly News[] {
    const news = bells.flatMap((bell): News[] => {
      const events = this.#events.get(bell.search);
      return events ? [{ bell, events }] : [];
    });
    this.#events.clear();
    return news;
  }
}
