import type { Erasure } from '../events/erasure.ts';
import type { RecordedEvent } from '../events/event.ts';

/**
 * Compares erasures with the events that they name. Erasures have no checksum, but each names events of one subject, and those have
 * lost what they said about people.
 */
export class ErasuresCheck {
  /** The erasures of each event, by its source and id. */
  readonly #named = new Map<string, Erasure[]>();
  readonly #wrong = new Set<Erasure>();

  constructor(erasures: Iterable<Erasure>) {
    for (const erasure of erasures) {
      for (const eventId of erasure.eventIds) {
        const key = keyOf(erasure.source, eventId);
        const known = this.#named.get(key);
        if (known) known.push(erasure);
        else this.#named.set(key, [erasure]);
      }
    }
  }

  note(event: RecordedEvent): void {
    for (const erasure of this.#named.get(keyOf(event.source, event.eventId)) ?? []) {
      // Retention may have deleted the event, and its provider may have sent it again since.
      if (event.cursor.seq > erasure.cursor.seq) continue;
      const { provider, tenant, subject } = event;
      const isOfIt = provider === erasure.provider && tenant === erasure.tenant && subject === erasure.subject;
      if (!isOfIt || event.personal !== null || event.raw !== null) this.#wrong.add(erasure);
    }
  }

  /** Each erasure that does not fit its events, in words. */
  get problems(): readonly string[] {
    return [...this.#wrong].map(
      ({ cursor: { seq } }) =>
        `the erasure at position ${seq} is not of the events that it names, or they still name people`,
    );
  }
}

function keyOf(source: string, eventId: string): string {
  return JSON.stringify([source, eventId]);
}
