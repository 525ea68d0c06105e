import type { EventType } from '../declaration/event-type.ts';
import type { Member } from '../declaration/member.ts';

/** A line for each field of each type: who may see it, and why. */
export function explained(types: readonly EventType[]): string[] {
  return types.flatMap(({ name, members }) => [name, ...linesOf(members, '  '), '']);
}

function linesOf(members: readonly Member[], indent: string): string[] {
  const width = Math.max(...members.map(({ name }) => name.length));
  return members.flatMap((member) => {
    const { name, of, part } = member;
    if (of.is === 'object' && part === 'mixed') return [`${indent}${name}`, ...linesOf(of.members, `${indent}  `)];
    return [`${indent}${name.padEnd(width)}  ${part.padEnd(8)}  ${reasonOf(member)}`];
  });
}

function reasonOf({ of, part }: Member): string {
  if (of.is === 'object') {
    if (of.isPerson) return 'a person';
    return part === 'open' ? `${of.name}, not personal` : `${of.name}, personal`;
  }
  const isText = of.is === 'scalar' && (of.name === 'String' || of.name === 'JSON');
  const kind = of.is === 'enum' ? 'one word of a closed list' : KINDS[of.name];
  if (part === 'open') return isText ? `${kind}, declared open` : kind;
  return isText ? `${kind}, not declared open` : `${kind}, declared personal`;
}

const KINDS = {
  ID: 'an id',
  String: 'a text',
  BigInt: 'a number',
  Float: 'a number',
  Boolean: 'yes or no',
  DateTime: 'a time',
  ProviderTime: 'a time',
  JSON: 'JSON of any form',
} as const;
