import type { StoryEvent } from './story-document.ts';

/** A subject of one account. */
export interface Subject {
  readonly tenant: string;
  readonly subject: string;
}

/** The events of one subject, the oldest first. */
export interface Chapter extends Subject {
  readonly events: readonly StoryEvent[];
}

/** Sorted by the time when the events happened, so that late ones stand where they belong. */
export function inOrder(events: readonly StoryEvent[]): readonly StoryEvent[] {
  return events.toSorted((one, other) => Date.parse(one.occurredAt) - Date.parse(other.occurredAt));
}

/** The events grouped by subject. The subject with the newest event is first. */
export function chaptersOf(events: readonly StoryEvent[]): readonly Chapter[] {
  const chapters = new Map<string, { tenant: string; subject: string; events: StoryEvent[] }>();
  for (const event of events) {
    const { subject, tenant } = event;
    if (!subject) continue;
    const key = `${tenant.id} ${subject}`;
    const known = chapters.get(key);
    // Deleted and set again, so that the subject with the newest event is last in the map.
    chapters.delete(key);
    chapters.set(key, { tenant: tenant.id, subject, events: [...(known?.events ?? []), event] });
  }
  return [...chapters.values()].toReversed();
}

/** Other subjects that the events name: the main order, the subscription that an order pays for, the booking before a move. */
export function relatedTo(own: Subject, events: readonly StoryEvent[]): readonly Subject[] {
  const subjects = events.flatMap(({ mainOrderId, parentSubscriptionId, previousBookingId, charge }) => [
    mainOrderId && `order/${mainOrderId}`,
    parentSubscriptionId && `subscription/${parentSubscriptionId}`,
    previousBookingId && `booking/${previousBookingId}`,
    charge?.orderId && `order/${charge.orderId}`,
  ]);
  const others = new Set(subjects.filter((subject): subject is string => Boolean(subject) && subject !== own.subject));
  return [...others].map((subject) => ({ tenant: own.tenant, subject }));
}
