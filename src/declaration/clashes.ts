import type { EventType, InterfaceType } from './event-type.ts';
import { type Member, isWithheld } from './member.ts';

/**
 * The member by which logs count cancellations. They search for it in the text of the event, and would also find a member of
 * this name deeper in it.
 */
const COUNTED = 'refundExpected';

/**
 * Why these types of events can't be in one GraphQL schema, one line for each problem: names with two meanings, and fields that
 * differ from those of their interface.
 *
 * @param taken names of the schema's own types.
 * @param reserved names of fields that every event has.
 */
export function clashesOf(
  types: readonly EventType[],
  { taken, reserved }: { readonly taken: ReadonlySet<string>; readonly reserved: ReadonlySet<string> },
): string[] {
  const problems: string[] = [];
  /** The meaning of each name, as text that can be compared. */
  const meanings = new Map<string, { readonly meaning: string; readonly where: string }>();
  const mean = (name: string, meaning: string, where: string) => {
    const before = meanings.get(name);
    if (taken.has(name))
      problems.push(`${where} is called ${name}, which is the name of a type of hookcast: choose another name.`);
    else if (before && before.meaning !== meaning) {
      problems.push(`${where} and ${before.where} are both called ${name}, and differ: give one of them another name.`);
    } else if (!before) meanings.set(name, { meaning, where });
  };
  const look = (members: readonly Member[], where: string) => {
    for (const { name, of } of members) {
      if (of.is === 'enum') mean(of.name, JSON.stringify(of.words), `${where}.${name}`);
      if (of.is !== 'object') continue;
      mean(of.name, meaningOf(of.members), `${where}.${name}`);
      look(of.members, `${where}.${name}`);
    }
  };
  for (const type of types) {
    mean(type.name, `event ${meaningOf(type.members)}`, `The type ${type.name}`);
    look(type.members, type.name);
    for (const { name } of type.members) {
      if (reserved.has(name))
        problems.push(`${type.name}.${name}: every event has a field with this name: choose another one.`);
    }
    if (type.interfaces.some(({ name }) => name === 'Cancellation')) {
      for (const { name, of } of type.members) {
        if (of.is === 'object' && hasWithin(of.members, COUNTED))
          problems.push(
            `${type.name}.${name} has a field ${COUNTED}, which every cancellation has: choose another name within ${name}.`,
          );
      }
    }
    for (const declared of type.interfaces) {
      mean(declared.name, `interface ${meaningOf(declared.members)}`, `The interface ${declared.name}`);
      problems.push(...misfits(type, declared));
    }
  }
  return [...new Set(problems)];
}

function hasWithin(members: readonly Member[], wanted: string): boolean {
  return members.some(({ name, of }) => name === wanted || (of.is === 'object' && hasWithin(of.members, wanted)));
}

/** The fields of a type that don't fit the interface that it implements (GraphQL 2021, 3.6: "Type Validation"). */
function misfits(type: EventType, { name, members }: InterfaceType): string[] {
  return members.flatMap((wanted) => {
    const own = type.members.find((member) => member.name === wanted.name);
    if (!own)
      return [`${type.name}.${wanted.name} is missing, which ${name} has: spread ${name}.shape into its fields.`];
    if (kindOf(own) === kindOf(wanted) && (mayBeNull(wanted) || !mayBeNull(own))) return [];
    return [`${type.name}.${wanted.name} has another type than in ${name}.`];
  });
}

function mayBeNull({ isNullable, part }: Member): boolean {
  return isNullable || part === 'personal';
}

function kindOf({ of, isList }: Member): string {
  return isList ? `[${of.name}]` : of.name;
}

function meaningOf(members: readonly Member[]): string {
  return JSON.stringify(
    members.map((member) => [
      member.name,
      kindOf(member),
      member.isNullable || isWithheld(member, members),
      member.description,
    ]),
  );
}
