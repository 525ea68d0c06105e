import { type DocumentNode, type GraphQLSchema, visit } from 'graphql';
import type { EventType } from '../declaration/event-type.ts';
import type { Member } from '../declaration/member.ts';
import type { Parts } from '../events/event.ts';

/** Fields of lists, of messages and of what every event says that are answered without the people of an event. */
const PLAIN =
  '__typename edges node nodes _entities cursor head pageInfo endCursor startCursor hasNextPage hasPreviousPage events ' +
  'cancellations after resumedAt eventIds id provider source type eventId tenant subject occurredAt ' +
  'occurredAtText receivedAt origin superseded personalData raw instant text typename happened amounts unsummed refundsExpected ' +
  'worth values';

/**
 * The fields that are answered without reading the people of an event of any type: those above, and those that every type that
 * has them declares open. A document that asks for another one has their data read.
 */
export function plainFields(types: readonly EventType[]): ReadonlySet<string> {
  const [plain, other] = [new Set(PLAIN.split(' ')), new Set<string>()];
  const note = (members: readonly Member[]) => {
    for (const { name, part, of } of members) {
      (part === 'open' ? plain : other).add(name);
      if (of.is === 'object') note(of.members);
    }
  };
  for (const { members } of types) note(members);
  // Of a tenant, which no type declares: a producer's name is a person's.
  other.add('name');
  // What an event says, its people among it; a type may have fields of these names.
  for (const name of ['facts', 'inBrief', 'eventsAbout']) other.add(name);
  for (const name of other) plain.delete(name);
  return plain;
}

/** Where a schema keeps its plain fields. */
export interface Extensions {
  readonly plain: ReadonlySet<string>;
}

/** What of events a document asks for. The payload of a delivery in quarantine is as much as that of an event. */
export function partsOf(document: DocumentNode, schema: GraphQLSchema): Parts {
  const { plain } = schema.extensions as unknown as Extensions;
  let [people, raw] = [false, false];
  visit(document, {
    Field({ name: { value: name } }) {
      if (name === 'raw' || name === 'payload') raw = true;
      if (!plain.has(name)) people = true;
    },
  });
  return { people, raw };
}
