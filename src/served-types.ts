import type { GraphQLInterfaceType } from 'graphql';
import { ConfigError } from './config-error.ts';
import { clashesOf } from './declaration/clashes.ts';
import type { EventType } from './declaration/event-type.ts';
import { createSchema } from './graphql/schema.ts';
import type { Provider } from './providers/provider.ts';
import { SHIPPED } from './types/shipped.ts';

/**
 * The types of events that a gateway with these sources serves: hookcast's own types, and those that the providers declare.
 *
 * @throws {ConfigError} with a line for each type or field that clashes with others.
 */
export function servedTypes(sources: Iterable<Provider>): readonly EventType[] {
  const types = new Set(SHIPPED);
  for (const { types: own = [] } of sources) for (const type of own) types.add(type);
  if (types.size > SHIPPED.length) {
    const problems = clashesOf([...types], namesTaken());
    if (problems.length > 0) throw new ConfigError(problems);
  }
  const byName = new Map<string, EventType>();
  // A type that is declared twice in the same way counts once.
  for (const type of types) if (!byName.has(type.name)) byName.set(type.name, type);
  return [...byName.values()];
}

/** The names of types that only one of the lists has, or that differ between them. */
export function differences(before: readonly EventType[], after: readonly EventType[]): readonly string[] {
  const [was, is] = [meaningsOf(before), meaningsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
}

/** The members of each type as text, by the type's name. */
export function meaningsOf(types: readonly EventType[]): ReadonlyMap<string, string> {
  return new Map(types.map(({ name, members }) => [name, JSON.stringify(members)]));
}

/** The names of the schema without any type of events. */
export function namesTaken() {
  const schema = createSchema([]);
  const interfaces = new Set(SHIPPED.flatMap((type) => type.interfaces.map(({ name }) => name)));
  const ofTypes = new Set(SHIPPED.flatMap((type) => namesIn(type.members)));
  const taken = Object.keys(schema.getTypeMap()).filter((name) => !interfaces.has(name) && !ofTypes.has(name));
  const event = schema.getType('Event') as GraphQLInterfaceType;
  return { taken: new Set(taken), reserved: new Set([...Object.keys(event.getFields()), 'tenantName']) };
}

function namesIn(members: EventType['members']): string[] {
  return members.flatMap(({ of }) => (of.is === 'object' ? [of.name, ...namesIn(of.members)] : [of.name]));
}
