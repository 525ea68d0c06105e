import type { StoryEvent } from './story-document.ts';

/** Something that events are about, of one account. */
export interface Subject {
  readonly tenant: string;
  readonly subject: string;
}

/** What happened to one subject, the oldest first. */
export interface Chapter extends Subject {
  readonly events: readonly StoryEvent[];
}

/** In the order in which it happened: what came late stands where it belongs. */
export function inOrder(events: readonly StoryEvent[]): readonly StoryEvent[] {
  return events.toSorted((one, other) => Date.parse(one.occurredAt) - Date.parse(other.occurredAt));
}

/** By what they are about, what something happened to last first. */
export function chaptersOf(events: readonly StoryEvent[]): readonly Chapter[] {
  const chapters = new Map<string, { tenant: string; subject: string; events: StoryEvent[] }>();
  for (const event of events) {
    const { subject, tenant } = event;
    if (!subject) continue;
    const key = `${tenant.id} ${subject}`;
    const known = chapters.get(key);
    // The newest stands at the end.
    chapters.delete(key);
    chapters.set(key, { tenant: tenant.id, subject, events: [...(known?.events ?? []), event] });
  }
  return [...chapters.values()].toReversed();
}

/** What the events name besides what they are about: the order that was added to, the subscription that it pays for, the booking before. */
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
