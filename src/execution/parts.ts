import { type DocumentNode, type GraphQLSchema, visit } from 'graphql';
import type { EventType } from '../declaration/event-type.ts';
import type { Member } from '../declaration/member.ts';
import type { Parts } from '../events/event.ts';

/** Fields of lists, of messages and of every event that can be answered without reading the people of an event. */
const PLAIN =
  '__typename edges node nodes _entities cursor head pageInfo endCursor startCursor hasNextPage hasPreviousPage events ' +
  'cancellations after resumedAt eventIds id provider source type eventId tenant subject occurredAt ' +
  'occurredAtText receivedAt origin superseded personalData raw instant text typename happened amounts unsummed refundsExpected ' +
  'worth values';

/**
 * The fields that can be answered without reading the people of an event of any type: those above, and those that are open in
 * every type that declares them. If a document asks for any other field, the people's data is read.
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
  // The name of a tenant, which no type declares: it may be the name of a person.
  other.add('name');
  // These contain the people of an event. A type may have fields of the same names.
  for (const name of ['facts', 'inBrief', 'eventsAbout']) other.add(name);
  for (const name of other) plain.delete(name);
  return plain;
}

/** The extensions of a schema, which hold its plain fields. */
export interface Extensions {
  readonly plain: ReadonlySet<string>;
}

/** The parts of events that a document asks for. The payload of a delivery in quarantine counts like the `raw` of an event. */
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
