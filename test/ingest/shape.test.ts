import { expect, it } from 'vitest';
import { z } from 'zod';
import { FieldTree } from '../../src/ingest/field-tree.ts';
import { fieldsOf } from '../../src/providers/expected-fields.ts';

/** The fields that a shape calls new in payloads that come one after the other. */
function news(payloads: readonly unknown[], schema?: z.ZodType): string[] {
  const shape = new FieldTree('eduzz', 'test.happened', schema ? fieldsOf(schema) : null, { left: 10_000 });
  for (const payload of payloads) shape.observe(payload, 1_000, () => {});
  return shape
    .take()
    .filter(({ expected }) => !expected)
    .map(({ path, change, count }) => `${change} ${path} ${count}`);
}

const person = { name: 'Iara', phone: '+55', tags: [{ title: 'VIP' }] };

it('IN8.2 expects the fields of the first delivery of a type', () => {
  expect(news([{ data: person }, { data: person }, { data: { name: 'Ana' } }])).toEqual([]);
});

it('IN8.1 counts a field that was not there before once for each delivery that has it', () => {
  const tagged = {
    data: {
      ...person,
      tags: [
        { title: 'a', color: '#fff' },
        { title: 'b', color: '#000' },
      ],
    },
  };
  expect(news([{ data: person }, tagged, { data: person }, tagged])).toEqual(['FIELD data.tags[].color 2']);
});

it('IN8.1 counts a null in a field that was never null', () => {
  const shape = [
    { a: 1, b: null },
    { a: null, b: null },
    { a: 2, b: 3 },
  ];
  expect(news(shape)).toEqual(['NULL a 1']);
});

it('IN8.2 expects what the schema expects, also when the first delivery lacks it', () => {
  const schema = z.object({ id: z.string(), note: z.string().nullish(), list: z.array(z.object({ n: z.int() })) });
  const full = { id: '1', note: null, list: [{ n: 1 }] };
  expect(news([{ id: '1' }, full], schema)).toEqual([]);
  expect(news([{ id: '1' }, { ...full, list: [{ n: null, m: 1 }] }], schema)).toEqual([
    'NULL list[].n 1',
    'FIELD list[].m 1',
  ]);
});

it('IN8.3 takes names that are somebody’s data as any name', () => {
  const schema = z.object({ answers: z.record(z.string(), z.string()), free: z.unknown() });
  const first = { answers: { 'Where do you live?': 'Recife' }, free: { a: 1 } };
  const then = { answers: { diet: 'none', 'iara@ficticia.example': 'yes' }, free: { b: { c: null } } };
  expect(news([first, then], schema)).toEqual([]);
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`id${index}`, 1]));
  expect(news([{ map: {} }, { map: many }, { map: { 'ana@imaginaria.example': 1 } }])).toEqual(['FIELD map.* 2']);
});

it('PRIV2.1 has names in it, and never a value', () => {
  const shape = new FieldTree('eduzz', 'test.happened', null, { left: 10_000 });
  shape.observe({ a: 1 }, 1_000, () => {});
  shape.observe(
    { a: 'Iara Fictícia', 'Iara Fictícia': 'x', nested: { 'iara@ficticia.example': null } },
    1_000,
    () => {},
  );
  expect(JSON.stringify(shape.take())).not.toMatch(/iara|fict/i);
});

it('IN5.5 tells a bounded number of fields apart, however many a payload invents', () => {
  const shape = new FieldTree('eduzz', 'test.happened', null, { left: 10_000 });
  for (let from = 0; from < 200; from += 1) {
    const members = Array.from({ length: 50 }, (_, index) => [`field_${from}_${index}`, { a: { b: null } }]);
    shape.observe(Object.fromEntries(members), 1_000, () => {});
  }
  expect(shape.take().length).toBeLessThanOrEqual(2 * 1_001);
});

it('IN8.1 gives back what could not be recorded, and counts it the next time', () => {
  const shape = new FieldTree('eduzz', 'test.happened', null, { left: 10_000 });
  shape.know('', 'FIELD', true);
  shape.know('a', 'FIELD', true);
  shape.observe({ a: 1, b: 1 }, 1_000, () => {});
  const taken = shape.take();
  shape.giveBack(taken);
  shape.observe({ a: 1, b: 1 }, 2_000, () => {});
  expect(shape.take()).toMatchObject([
    { path: '', count: 2, expected: true },
    { path: 'b', count: 2, expected: false, at: 2_000 },
  ]);
  expect(shape.take()).toEqual([]);
});

it('IN5.5 has room for so many fields of all types together', () => {
  const room = { left: 30 };
  const shapes = ['one', 'two', 'three'].map((type) => new FieldTree('eduzz', type, null, room));
  const members = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field_${index}`, 1]));
  for (const shape of shapes) shape.observe(members, 1_000, () => {});
  expect(shapes.map((shape) => shape.take().length)).toEqual([21, 11, 1]);
  expect(room.left).toBe(0);
});
