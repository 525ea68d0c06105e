import type { Person } from '../events/person.ts';
import type { Member } from './member.ts';

type Members = Record<string, unknown>;

/** The members of an event, divided by where they are kept. */
export interface Split {
  /** The members that identify nobody. */
  readonly data: Members;
  readonly personal: Members;
  /** The people in the event, by whom an erasure finds it. */
  readonly people: Person[];
}

/** Divides the members of a checked value as their declaration says. No personal member gets into `data`. */
export function split(members: readonly Member[], value: Readonly<Members>): Split {
  const people: Person[] = [];
  const [data, personal] = parted(members, value, people);
  return { data, personal, people };
}

function parted(members: readonly Member[], value: Readonly<Members>, people: Person[]): [Members, Members] {
  const [data, personal]: [Members, Members] = [{}, {}];
  for (const member of members) {
    const given = value[member.name];
    // The people in a mixed member are found when its own members are divided.
    if (member.part !== 'mixed') findPeople(member, given, people);
    if (member.part === 'open') data[member.name] = given;
    else if (member.part === 'personal') personal[member.name] = given;
    else [data[member.name], personal[member.name]] = partedMember(member, given, people);
  }
  return [data, personal];
}

/** Both halves of a list are as long as the list, so that they can be joined again. */
function partedMember({ of, isList }: Member, given: unknown, people: Person[]): [unknown, unknown] {
  if (given === null || of.is !== 'object') return [null, null];
  if (!isList) return parted(of.members, given as Members, people);
  const halves = (given as Members[]).map((item) => parted(of.members, item, people));
  return [halves.map(([data]) => data), halves.map(([, personal]) => personal)];
}

function findPeople({ of, isList }: Member, given: unknown, people: Person[]): void {
  if (of.is !== 'object' || given === null || given === undefined) return;
  for (const one of isList ? (given as unknown[]) : [given]) {
    if (of.isPerson) people.push(one as Person);
    else for (const member of of.members) findPeople(member, (one as Members)[member.name], people);
  }
}
