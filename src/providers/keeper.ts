import type { EventType } from '../declaration/event-type.ts';
import { type Split, split } from '../declaration/split.ts';
import { type Keeping, type WrittenSplit, writeSplit } from '../declaration/written-split.ts';
import { SELDOM } from './checks.ts';
import { LONGEST_TEXT, withShortTexts } from './lengths.ts';
import { holdsSecret, isSecretName, withoutSecretMembers } from './payload.ts';

type Event = Readonly<Record<string, unknown>>;

interface Known {
  events: number;
  written: WrittenSplit | null;
}

const KEEPING: Keeping = {
  longestText: LONGEST_TEXT,
  short: withShortTexts,
  isSecretName,
  holdsSecret,
  withoutSecrets: withoutSecretMembers,
};

/**
 * Divides the members of a provider's events by where they are kept: personal ones apart, long texts shortened in what all
 * viewers see, and secrets removed. From the hundredth event of a type on, generated code does so, with the same results.
 */
export class Keeper {
  readonly #known = new Map<EventType, Known>();
  readonly #seldom: number;

  constructor(seldom = SELDOM) {
    this.#seldom = seldom;
  }

  /** @param event as the check of its declaration returned it. */
  parted(type: EventType, event: Event, tenantName: string | null): Split {
    let known = this.#known.get(type);
    if (!known) this.#known.set(type, (known = { events: 0, written: null }));
    if (known.events < this.#seldom) {
      known.events += 1;
      if (known.events === this.#seldom) known.written = writeSplit(type.members, KEEPING);
    }
    return known.written ? known.written(event, tenantName) : partedSlowly(type, event, tenantName);
  }
}

/** The same by walking the declaration. */
export function partedSlowly({ members }: EventType, event: Event, tenantName: string | null): Split {
  const { data, personal, people } = split(members, event);
  return { data: withShortTexts(data), personal: withoutSecretMembers({ ...personal, tenantName }), people };
}
