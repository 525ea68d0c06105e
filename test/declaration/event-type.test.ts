import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clashesOf } from '../../src/declaration/clashes.ts';
import { type EventType, eventType, interfaceType } from '../../src/declaration/event-type.ts';
import { enumType, id, instant, json, listOf, objectType, text, whole } from '../../src/declaration/fields.ts';
import { open, personal } from '../../src/declaration/mark.ts';
import { split } from '../../src/declaration/split.ts';
import { Cancellation } from '../../src/types/cancellation.ts';
import { SHIPPED } from '../../src/types/shipped.ts';
import { money } from '../../src/types/money.ts';
import { person } from '../../src/types/person.ts';

const declare = (fields: z.ZodRawShape, name = 'Sold') =>
  eventType(name, { description: 'Sold.', fields: z.object(fields) });

describe('a declaration', () => {
  const sold = declare({
    seat: id,
    price: money,
    count: whole.nullable(),
    when: instant,
    channel: z.enum(['WEB', 'DOOR']),
    isPaid: z.boolean(),
    show: open(text),
    note: text.nullable(),
    secretSeat: personal(id).nullable(),
    extra: json,
    place: z.object({ row: whole, usher: text }),
    rows: listOf(z.object({ row: whole, sitter: person })),
    buyer: person,
  });

  it('PRIV2.2 keeps texts, JSON and people apart unless they are open, and the rest open unless it is personal', () => {
    const partOf = Object.fromEntries(sold.members.map(({ name, part }) => [name, part]));
    expect(partOf).toEqual({
      seat: 'open',
      price: 'open',
      count: 'open',
      when: 'open',
      channel: 'open',
      isPaid: 'open',
      show: 'open',
      note: 'personal',
      secretSeat: 'personal',
      extra: 'personal',
      place: 'mixed',
      rows: 'mixed',
      buyer: 'personal',
    });
  });

  it('GQL8.1 fills in what a mapping leaves out, and refuses what it gets wrong, with the path', () => {
    const given = {
      seat: 7,
      price: { amount: '1', currency: 'BRL' },
      when: { at: 0, text: '0' },
      channel: 'WEB',
      isPaid: true,
    };
    const whole = { ...given, show: 'Macbeth', place: { row: 1, usher: 'Rui' }, buyer: { name: 'Ana' } };
    const checked = sold.schema.safeParse(whole);
    expect(checked.data).toMatchObject({
      seat: '7',
      count: null,
      note: null,
      extra: null,
      rows: [],
      buyer: { name: 'Ana', email: null },
    });
    const wrong = sold.schema.safeParse({ ...whole, channel: 'POST', price: { amount: 1 } });
    expect(wrong.error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'price.amount',
      'price.currency',
      'channel',
    ]);
  });

  it('PRIV1.4 finds the people in it, wherever they stand', () => {
    const sitter = (name: string) => ({ name, email: null, phone: null, externalId: null });
    const { people } = split(sold.members, {
      rows: [{ row: 1, sitter: sitter('Ana') }],
      buyer: sitter('Bea'),
      place: {},
    });
    expect(people.map(({ name }) => name)).toEqual(['Ana', 'Bea']);
  });

  it('GQL8.2 is refused when it can be no GraphQL type, or would show a person to everybody', () => {
    const wrong: [fields: z.ZodRawShape, says: RegExp][] = [
      [{ 'a-b': id }, /Sold\.a-b .* not a GraphQL name/],
      [{ __a: id }, /Sold\.__a .* not a GraphQL name/],
      [{ constructor: id }, /Sold\.constructor .*every object has/],
      [{ a: z.object({ toString: text.nullable() }) }, /Sold\.a\.toString .*every object has/],
      [{ a: z.union([z.string(), z.boolean()]) }, /Sold\.a .*union, which has no type/],
      [{ a: z.date() }, /Sold\.a .*date, which has no type/],
      [{ a: z.array(z.array(text)) }, /Sold\.a .*list of lists/],
      [{ a: z.object({}) }, /Sold\.a .*no members/],
      [{ a: z.object({ b: z.enum(['a b']) }) }, /Sold\.a\.b .*"a b"/],
      [{ buyer: open(person) }, /Sold\.buyer .*be open/],
    ];
    for (const [fields, says] of wrong) expect(() => declare(fields)).toThrow(says);
  });
});

/** A generator of the same numbers each time. (Park and Miller, 1988) */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const SECRET = 'what tells who somebody is';

/** A schema by chance, and a value of it in which everything personal says so. */
function generated(next: () => number, depth = 0, isPersonal = false): [schema: z.ZodType, value: unknown] {
  const kinds = ['id', 'text', 'open', 'personal', 'json', 'whole', 'person', 'instant', 'object', 'list'];
  const kind = String(kinds[Math.floor(next() * (depth > 3 ? 8 : kinds.length))]);
  const said = isPersonal ? SECRET : 'anybody';
  switch (kind) {
    case 'text':
      return [text, SECRET];
    case 'open':
      return [open(text), said];
    case 'personal':
      return [personal(id), SECRET];
    case 'json':
      return [json, { deep: [SECRET] }];
    case 'whole':
      return [whole.nullable(), null];
    case 'person':
      return [person, { name: SECRET, email: SECRET, phone: null, externalId: SECRET }];
    case 'instant':
      return [instant, { at: 0, text: said }];
    case 'object': {
      const whole = next() < 0.3;
      const members = [1, 2, 3].map(
        (number) => [`m${number}`, generated(next, depth + 1, isPersonal || whole)] as const,
      );
      const schema = z.object(Object.fromEntries(members.map(([name, [member]]) => [name, member])));
      const value = Object.fromEntries(members.map(([name, [, member]]) => [name, member]));
      return [whole ? personal(schema) : schema, value];
    }
    case 'list': {
      const [schema, value] = generated(next, depth + 1, isPersonal);
      return schema instanceof z.ZodDefault ? [schema, value] : [listOf(schema), [value, value]];
    }
    default:
      return [id, said];
  }
}

it('PRIV2.2 puts no personal data into the open part of an event, for any declaration', () => {
  const next = chance(2_026);
  for (let round = 0; round < 300; round += 1) {
    const members = Array.from({ length: 6 }, (_, index) => [`f${index}`, generated(next)] as const);
    const type = declare(Object.fromEntries(members.map(([name, [schema]]) => [name, schema])));
    const value = type.schema.parse(Object.fromEntries(members.map(([name, [, given]]) => [name, given])));
    const { data, personal: kept } = split(type.members, value as Record<string, unknown>);
    expect(JSON.stringify(data)).not.toContain(SECRET);
    const count = (part: unknown) => JSON.stringify(part).split(SECRET).length;
    expect(count(kept)).toBe(count(value));
  }
});

describe('types that stand in one schema', () => {
  const none = { taken: new Set(['Query', 'Tenant']), reserved: new Set(['source', 'raw']) };
  const clashes = (...types: EventType[]) => clashesOf(types, none);

  it('GQL8.2 clash where one name means two things, and each clash is a line that names them', () => {
    expect(clashes(...SHIPPED)).toEqual([]);
    expect(clashes(declare({ a: id }), declare({ a: id }))).toEqual([]);
    expect(clashes(declare({ a: id }), declare({ a: text }))).toEqual([
      expect.stringMatching(/both called Sold, and differ/),
    ]);
    expect(clashes(declare({ a: id }, 'Tenant'))).toEqual([expect.stringMatching(/Tenant.*type of hookcast/)]);
    expect(clashes(declare({ source: id }))).toEqual([expect.stringMatching(/Sold\.source: every event has/)]);
    const show = (member: z.ZodType) =>
      declare({ show: objectType('Show', 'A show.', { at: member }) }, `Sold${member.def.type}`);
    expect(clashes(show(id), show(z.boolean()))).toEqual([expect.stringMatching(/both called Show/)]);
    const word = (words: string[]) => declare({ way: enumType('Way', words) }, `Sold${words.join('')}`);
    expect(clashes(word(['IN']), word(['IN', 'OUT']))).toEqual([expect.stringMatching(/both called Way/)]);
  });

  it('GQL8.2 say as a cancellation whether money goes back once, and nowhere deeper', () => {
    const deeper = z.object({ parts: listOf(z.object({ money: z.object({ refundExpected: z.boolean() }) })) });
    const of = (isCancellation: boolean) =>
      clashes(
        eventType('Gone', {
          description: 'Gone.',
          implements: isCancellation ? [Cancellation] : [],
          fields: z.object({ ...(isCancellation && Cancellation.shape), ...deeper.shape }),
        }),
      );
    expect(of(false)).toEqual([]);
    expect(of(true)).toEqual([expect.stringMatching(/^Gone\.parts has a field refundExpected/)]);
  });

  it('GQL8.2 must have the fields of their interfaces, of the same types', () => {
    const Priced = interfaceType('Priced', { description: 'It has a price.', fields: z.object({ price: money }) });
    const of = (fields: z.ZodRawShape) =>
      clashes(eventType('Sold', { description: 'Sold.', implements: [Priced], fields: z.object(fields) }));
    expect(of({ ...Priced.shape })).toEqual([]);
    expect(of({ a: id })).toEqual([expect.stringMatching(/Sold\.price is missing, which Priced has/)]);
    expect(of({ price: text })).toEqual([expect.stringMatching(/Sold\.price has another type than in Priced/)]);
    expect(of({ price: money.nullable() })).toEqual([expect.stringMatching(/another type/)]);
  });
});
