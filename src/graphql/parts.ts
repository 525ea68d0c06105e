import { type DocumentNode, visit } from 'graphql';
import type { Parts } from '../events/event.ts';

/**
 * Fields that are answered without the people of an event, of whatever type they are: those of lists and messages, of what
 * every event says, and of what most cancellations say. A document that asks for another one has their data read.
 */
export const PLAIN: ReadonlySet<string> = new Set(
  (
    '__typename edges node nodes cursor head pageInfo endCursor startCursor hasNextPage hasPreviousPage events ' +
    'cancellations after resumedAt eventIds id provider source type eventId tenant subject occurredAt ' +
    'occurredAtText receivedAt superseded personalData raw kind title quantity status previousStatus startsAt ' +
    'endsAt timeZone refundExpected isScheduled bookingId orderId subscriptionId'
  ).split(' '),
);

/** What of events a document asks for. The payload of a delivery in quarantine is as much as that of an event. */
export function partsOf(document: DocumentNode): Parts {
  let [people, raw] = [false, false];
  visit(document, {
    Field({ name: { value: name } }) {
      if (name === 'raw' || name === 'payload') raw = true;
      if (!PLAIN.has(name)) people = true;
    },
  });
  return { people, raw };
}
