import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FieldTree } from '../../src/ingest/field-tree.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { fieldsOf } from '../../src/providers/expected-fields.ts';
import { id, optionalInstant, optionalText } from '../../src/providers/fields.ts';
import { bookingCanceled } from '../../src/providers/wix/payload.ts';

/** Whether a payload that has something, or null, at a path has nothing that was not expected. */
function isExpected(fields: ReadonlySet<string>, path: string, change: 'FIELD' | 'NULL'): boolean {
  const parts = path
    .replaceAll('[]', '.[]')
    .split('.')
    .filter((part) => part !== '');
  const payload = parts.reduceRight<unknown>(
    (below, part) => (part === '[]' ? [below] : { [part]: below }),
    change === 'NULL' ? null : 1,
  );
  const shape = new FieldTree('it', 'happened', fields, { left: 10_000 });
  shape.know('', 'FIELD', true);
  const found: string[] = [];
  shape.observe(payload, 1, (what) => found.push(what));
  return !found.includes(change);
}

describe('the fields that a schema expects', () => {
  const person = z.object({ name: z.string(), born: optionalText });
  const schema = z.object({
    id,
    at: optionalInstant,
    maybe: z.string().nullish(),
    person: person.nullable(),
    people: z.array(person),
    pair: z.tuple([z.object({ left: z.string() }), z.object({ right: z.string() })]),
    either: z.union([z.string(), z.object({ is: z.number() }), z.null()]),
    kinds: z.discriminatedUnion('k', [
      z.object({ k: z.literal('a'), a: z.string() }),
      z.object({ k: z.literal('b'), b: z.string() }),
    ]),
    both: z.intersection(z.object({ m: z.string() }), z.object({ n: z.string() })),
    free: z.unknown(),
    freeList: z.array(z.unknown()),
    map: z.record(z.string(), z.unknown()),
    named: z.record(z.string(), z.object({ x: z.string() })),
    loose: z.looseObject({ known: z.string() }),
    piped: z.string().transform(Number).pipe(z.number()),
    read: z.preprocess((value) => value, z.object({ inner: z.string() })),
    late: z.lazy(() => z.object({ l: z.string() })),
    some: z.literal(['a', null]),
    day: z.date(),
  });
  const fields = fieldsOf(schema);

  it('IN8.2 knows members, lists, unions, nulls, and values that are passed through', () => {
    const there = [
      'id',
      'at',
      'person.name',
      'people[].born',
      'pair[].left',
      'pair[].right',
      'either.is',
      'kinds.k',
      'kinds.a',
      'kinds.b',
      'both.m',
      'both.n',
      'free',
      'free.a',
      'free[].b.c',
      'freeList[]',
      'freeList[].z',
      'map.any',
      'map.any.deep[].x',
      'named.anybody',
      'named.anybody.x',
      'loose.known',
      'loose.unknown.member',
      'piped',
      'read.inner',
      'late.l',
      'day',
    ];
    for (const path of there) expect(isExpected(fields, path, 'FIELD'), path).toBe(true);
    const not = [
      'new',
      'person.new',
      'people[].new',
      'people.born',
      'either.other',
      'named.anybody.y',
      'named.a.b.x',
      'freedom',
      'mapped',
      'id.x',
      'piped.x',
      'namedXanybody',
    ];
    for (const path of not) expect(isExpected(fields, path, 'FIELD'), path).toBe(false);
    const nulls = [
      'at',
      'maybe',
      'person',
      'people[].born',
      'either',
      'free',
      'free.x',
      'map.x',
      'loose.x',
      'some',
      'day',
    ];
    for (const path of nulls) expect(isExpected(fields, path, 'NULL'), path).toBe(true);
    for (const path of ['id', 'people', 'people[].name', 'named.x', 'loose', 'loose.known', 'read', 'map']) {
      expect(isExpected(fields, path, 'NULL'), path).toBe(false);
    }
  });

  it('IN5.7 does not follow a schema into itself for ever', () => {
    const node: z.ZodType = z.object({
      name: z.string(),
      get children() {
        return z.array(node);
      },
    });
    const root = fieldsOf(node);
    expect(isExpected(root, 'name', 'FIELD')).toBe(true);
    expect(isExpected(root, 'children[].children[].name', 'FIELD')).toBe(true);
    const inside = fieldsOf(z.object({ one: node, two: node, json: z.json() }));
    for (const path of ['one.name', 'two.children[].name', 'two.children[].children[].name', 'json[].a']) {
      expect(isExpected(inside, path, 'FIELD'), path).toBe(true);
    }
    expect(isExpected(inside, 'one.other', 'FIELD')).toBe(false);
  });

  it('IN8.2 counts paths from the payload, also where the body of an event stands inside of it', () => {
    const inner = fieldsOf(z.object({ id: z.string(), any: z.unknown() }), ['data', 'data']);
    expect([...inner].toSorted()).toEqual(
      ['data', 'data.data', 'data.data.any', 'data.data.any.**', 'data.data.any=null', 'data.data.id'].toSorted(),
    );
    expect([...fieldsOf(z.unknown())]).toEqual(['**']);
    expect(isExpected(fieldsOf(z.unknown()), 'anything', 'FIELD')).toBe(true);
  });

  it('IN8.2 reads the schemas of Eduzz and of Wix', () => {
    const ticket = eduzz({ secrets: ['x'.repeat(16)] }).expectedFields('blinket.attendance_canceled')!;
    for (const path of [
      'data.participant.inviteKey',
      'data.participant.tags[].title',
      'data.participant.customFields.city',
    ]) {
      expect(isExpected(ticket, path, 'FIELD'), path).toBe(true);
    }
    expect(isExpected(ticket, 'data.participant.shoeSize', 'FIELD')).toBe(false);
    expect(isExpected(ticket, 'data.participant.phone', 'NULL')).toBe(true);
    const booking = fieldsOf(bookingCanceled);
    const slot = 'actionEvent.body.booking.bookedEntity.slot';
    for (const path of [`${slot}.resource.name`, 'actionEvent.body.booking.extendedFields.a.b', 'eventTime']) {
      expect(isExpected(booking, path, 'FIELD'), path).toBe(true);
    }
    expect(isExpected(booking, `${slot}.mood`, 'FIELD')).toBe(false);
  });
});
