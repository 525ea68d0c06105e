import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventType } from '../../src/declaration/event-type.ts';
import { id, instant, json, listOf, text, whole } from '../../src/declaration/fields.ts';
import { open, personal } from '../../src/declaration/mark.ts';
import type { Member } from '../../src/declaration/member.ts';
import { Keeper, partedSlowly } from '../../src/providers/keeper.ts';
import { person } from '../../src/types/person.ts';
import { SHIPPED } from '../../src/types/shipped.ts';

const declare = (name: string, fields: z.ZodRawShape) =>
  eventType(name, { description: 'Sold.', fields: z.object(fields) });

const note = { note: text, key: text.nullable(), value: json };

/** A declaration with every kind of member, some of them named like secrets. */
const OF_OUR_OWN = [
  declare('Seat', { seat: id, count: whole, when: instant.nullable(), note: text, extra: json, any: open(json) }),
  declare('Place', {
    place: z.object({
      row: whole,
      usher: text,
      inner: z.object({ word: z.enum(['A', 'B']), buyer: person.nullable() }),
    }),
    rows: listOf(z.object({ row: whole, sitter: person, extra: json })),
    people: listOf(person),
    all: personal(z.object({ row: whole, extra: json, several: listOf(person) })).nullable(),
  }),
  declare('Opening', { joinLink: text, seat: id, extra: json }),
  declare('Pair', { pair: z.object(note), pairs: listOf(z.object({ ...note, row: whole })) }),
  declare('Inside', { inside: z.object({ barCode: text, row: whole }), tenantName: text }),
];

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'token', 'x'.repeat(2_001), 'é'.repeat(2_000), `${'x'.repeat(1_998)}😀😀`),
);
const names = fc.oneof(fc.constantFrom('token', 'clientSecret', 'url', 'key', 'value', 'name'), texts);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    texts,
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** The members of an event that a check may have left. */
function eventOf(members: readonly Member[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(members.map((member) => [member.name, memberOf(member)])));
}

function memberOf({ of, isList, isNullable }: Member): fc.Arbitrary<unknown> {
  const one =
    of.is === 'object' ? eventOf(of.members) : of.is === 'enum' ? fc.constantFrom(...of.words) : scalar(of.name);
  const all = isList ? fc.array(one, { maxLength: 3 }) : one;
  return isNullable ? fc.option(all, { freq: 4 }) : all;
}

function scalar(name: string): fc.Arbitrary<unknown> {
  switch (name) {
    case 'JSON':
      return anything;
    case 'BigInt':
    case 'Float':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'Boolean':
      return fc.boolean();
    case 'DateTime':
    case 'ProviderTime':
      return fc.record({ at: fc.integer(), text: texts });
    default:
      return texts;
  }
}

describe('what events say, put where it is kept', () => {
  it.each([...SHIPPED, ...OF_OUR_OWN].map((type) => [type.name, type] as const))(
    'IN6.18 written code splits %s as walking its declaration does',
    (_name, type) => {
      // From the first on, by written code.
      const keeper = new Keeper(1);
      fc.assert(
        fc.property(eventOf(type.members), fc.option(texts), (event, tenantName) => {
          const slowly = partedSlowly(type, event, tenantName);
          const written = keeper.parted(type, event, tenantName);
          expect(written).toStrictEqual(slowly);
          // The log's checksums are of the text, and so of the order.
          expect(JSON.stringify(written)).toBe(JSON.stringify(slowly));
        }),
        { numRuns: 30 },
      );
    },
  );

  it('IN6.18 written code splits events from the hundredth on, and the declaration those before', () => {
    const [type] = OF_OUR_OWN as [(typeof OF_OUR_OWN)[number]];
    const event = {
      seat: 'a',
      count: 1,
      when: null,
      note: 'x',
      extra: { token: 'y', rest: 1 },
      any: 'z'.repeat(3_000),
    };
    const keeper = new Keeper();
    const first = keeper.parted(type, event, null);
    for (let time = 1; time < 150; time += 1) expect(keeper.parted(type, event, null)).toStrictEqual(first);
    expect(first.personal).toEqual({ note: 'x', extra: { rest: 1 }, tenantName: null });
  });
});
