import type { Dice } from './dice.ts';

/** Values that have broken programs before. */
const NASTY: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'a\u0000b',
  '\u202e\u2066',
  'ＮＦＫＣ',
  '0',
  '-0',
  '1e400',
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  "'); DROP TABLE events; --",
  '../../../etc/passwd',
  '${7*7}',
  '__proto__',
  'constructor',
  -1,
  0,
  -0,
  1.5,
  1e308,
  9_007_199_254_740_992,
  [],
  {},
  [[]],
  [null],
  { toString: 1 },
  { length: 1e9 },
];

const SYNTAX = Buffer.from('"{}[],:\\0-e\n\0').toJSON().data;

/** Another value instead of one of the members, or one more, or one less, somewhere in it. */
export function mutateValue(value: unknown, dice: Dice): unknown {
  if (dice.chance(0.15) || value === null || typeof value !== 'object') return nasty(dice);
  if (Array.isArray(value)) {
    const items = [...(value as unknown[])];
    const at = dice.below(items.length + 1);
    if (dice.chance(0.3)) items.splice(at, 1);
    else if (dice.chance(0.2)) items.push(...Array.from({ length: dice.below(300) }, () => items[0] ?? nasty(dice)));
    else items[at] = mutateValue(items[at], dice);
    return items;
  }
  const members = Object.entries(value);
  const at = dice.below(members.length);
  const [name, member] = members[at] ?? ['new', null];
  if (dice.chance(0.2)) members.splice(at, 1);
  else if (dice.chance(0.15))
    members.push([dice.pick(['__proto__', 'constructor', '', 'é'.repeat(300), name]), nasty(dice)]);
  else members[at] = [name, mutateValue(member, dice)];
  // Not by assigning, which would take `__proto__` for the prototype.
  return Object.fromEntries(members);
}

function nasty(dice: Dice): unknown {
  if (dice.chance(0.05)) return 'x'.repeat(dice.pick([255, 256, 257, 65_536]));
  if (dice.chance(0.03)) return JSON.parse('['.repeat(400) + ']'.repeat(400));
  return dice.pick(NASTY);
}

/** Bytes with a few of them changed, lost, doubled or put elsewhere. */
export function mutateBytes(bytes: Buffer, dice: Dice): Buffer {
  let mutated = Buffer.from(bytes);
  for (let times = dice.between(1, 4); times > 0; times -= 1) {
    const at = dice.below(mutated.length + 1);
    const end = Math.min(mutated.length, at + dice.between(1, 40));
    switch (dice.below(7)) {
      case 0:
        if (at < mutated.length) mutated[at]! ^= 1 << dice.below(8);
        break;
      case 1:
        mutated = Buffer.concat([mutated.subarray(0, at), dice.bytes(dice.between(1, 8)), mutated.subarray(at)]);
        break;
      case 2:
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(end)]);
        break;
      case 3:
        mutated = mutated.subarray(0, at);
        break;
      case 4:
        mutated = Buffer.concat([mutated.subarray(0, end), mutated.subarray(at)]);
        break;
      case 5:
        if (at < mutated.length) mutated[at] = dice.pick(SYNTAX);
        break;
      case 6:
        mutated = Buffer.concat([dice.pick([Buffer.from('\ufeff'), Buffer.from(' '), Buffer.from('[')]), mutated]);
        break;
    }
  }
  return mutated;
}

/** Text, changed as bytes: what no longer is text comes out as the replacement character. */
export function mutateText(text: string, dice: Dice): string {
  return mutateBytes(Buffer.from(text), dice).toString();
}
