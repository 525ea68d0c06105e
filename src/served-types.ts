import type { GraphQLInterfaceType } from 'graphql';
import { ConfigError } from './config-error.ts';
import { clashesOf } from './declaration/clashes.ts';
import type { EventType } from './declaration/event-type.ts';
import { createSchema } from './graphql/schema.ts';
import type { Provider } from './providers/provider.ts';
import { SHIPPED } from './types/shipped.ts';

/**
 * The types of events that a gateway with these sources serves: those that hookcast brings, and those that the providers declare.
 *
 * @throws {ConfigError} with a line for each type or field that can't stand beside the others.
 */
export function servedTypes(sources: Iterable<Provider>): readonly EventType[] {
  const types = new Set(SHIPPED);
  for (const { types: own = [] } of sources) for (const type of own) types.add(type);
  if (types.size > SHIPPED.length) {
    const problems = clashesOf([...types], namesTaken());
    if (problems.length > 0) throw new ConfigError(problems);
  }
  const byName = new Map<string, EventType>();
  // One that is declared twice in the same way is one.
  for (const type of types) if (!byName.has(type.name)) byName.set(type.name, type);
  return [...byName.values()];
}

/** The names of types that one list of types has and the other lacks, or has otherwise. */
export function differences(before: readonly EventType[], after: readonly EventType[]): readonly string[] {
  const [was, is] = [meaningsOf(before), meaningsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
}

/** What is served of each type, by its name, as text. */
export function meaningsOf(types: readonly EventType[]): ReadonlyMap<string, string> {
  return new Map(types.map(({ name, members }) => [name, JSON.stringify(members)]));
}

/** What the schema has without any type of events. */
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
