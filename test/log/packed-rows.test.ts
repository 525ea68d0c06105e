import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { packRows, unpackRows } from '../../src/log/sqlite/packed-rows.ts';
import type { Value } from '../../src/log/value.ts';

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Also half of a surrogate pair, beside one that begins with the other half.
  fc.constantFrom('', '\ud800', '\udc00', 'ação', '{"a":1}'),
  fc.double(),
  fc.constant(null),
);
const rows = fc
  .integer({ min: 1, max: 5 })
  .chain((columns) => fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 6 }));

it('LOG1.1 rows reach the thread that writes as they were given', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const packed = packRows(given);
      expect(packed).not.toBeNull();
      const moved = structuredClone(packed!, { transfer: [packed!.numbers.buffer, packed!.kinds.buffer] });
      expect(unpackRows(moved)).toStrictEqual(given);
    }),
  );
});

it('LOG1.1 what is no text, number or null is left as it is, for the database to refuse', () => {
  expect(packRows([['a', 1n as unknown as Value]])).toBeNull();
  expect(packRows([['a', true as unknown as Value]])).toBeNull();
  expect(packRows([['a'], ['a', 'b']])).toBeNull();
});
