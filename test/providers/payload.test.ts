import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePayload } from '../../src/providers/payload.ts';

/** A JSON text as somebody may write it: members of one name more than once, blanks, numbers and letters in any form. */
interface Written {
  readonly text: string;
  /** Whether it says more than what it is parsed to, or has blanks between its values. */
  readonly isAnew: boolean;
}

const scalar = fc.constantFrom(
  'null',
  'true',
  '1',
  '1.50',
  '1e3',
  '12345678901234567890',
  '""',
  '"a\\u0040b"',
  '"\\"{:,}"',
  '"é:"',
  '"\\/"',
);
const name = fc.constantFrom('"a"', '"b"', '"1"', '"a:b"', '"__proto__"', '"c d"', '"\\u0061"');
const blank = fc.oneof({ weight: 9, arbitrary: fc.constant('') }, fc.constantFrom(' ', '\n', '\t'));

const { object } = fc.letrec<{ value: Written; object: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar.map((text) => ({ text, isAnew: false })),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join(',')}]`,
      isAnew: items.some(({ isAnew }) => isAnew),
    })),
    tie('object'),
  ),
  object: fc.array(fc.tuple(name, tie('value'), blank), { maxLength: 4 }).map((members) => ({
    text: `{${members.map(([name, { text }, blank]) => `${name}:${blank}${text}`).join(',')}}`,
    isAnew:
      new Set(members.map(([name]) => JSON.parse(name) as string)).size < members.length ||
      members.some(([, { isAnew }, blank]) => isAnew || blank !== ''),
  })),
}));

it('IN5.4 keeps the text of a payload as it came where it says no more than was understood, and otherwise writes it anew', () => {
  let [kept, anew] = [0, 0];
  fc.assert(
    fc.property(object, ({ text: came, isAnew }) => {
      const { text } = parsePayload(Buffer.from(came));
      if (isAnew) anew += 1;
      else kept += 1;
      expect(JSON.parse(text)).toEqual(JSON.parse(came));
      if (!isAnew) expect(text).toBe(came);
      else expect(text.length).toBeLessThan(came.length);
      // Nothing is in it twice: what is written anew is kept as it is.
      expect(parsePayload(Buffer.from(text)).text).toBe(text);
    }),
    { numRuns: 500 },
  );
  expect(Math.min(kept, anew)).toBeGreaterThan(50);
});

it.each([
  ['{"a":"first@somebody.example","a":1}', '{"a":1}'],
  ['{"in":{"token":"x","a":1}}', '{"in":{"a":1}}'],
  ['{"t\\u006fken":"x","n":10000000000000000000000}', '{"n":10000000000000000000000}'],
  ['[{"a":1}]', null],
])('IN5.4 keeps of %s no more than was understood', (came, kept) => {
  const parse = () => parsePayload(Buffer.from(came)).text;
  if (kept === null) expect(parse).toThrow('not a JSON object');
  else expect(parse()).toBe(kept);
});
