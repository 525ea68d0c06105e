import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { entriesOf } from '../../src/log/sqlite/people.ts';

const mark = fc.oneof(
  fc.stringMatching(/^[cemv][0-9a-f]{20}$/),
  // It contains a subject unchanged.
  fc.string({ unit: 'binary' }).map((subject) => `s${subject}`),
  fc.constantFrom('s","', 's\\', 's"', 's, ', 'v","c', 's]'),
);

it('PRIV1.2 an event is found by each of its marks, with any characters', () => {
  fc.assert(
    fc.property(fc.array(mark, { maxLength: 6 }), fc.constantFrom(',', ', '), (marks, between) => {
      const wanted = marks.filter((one) => !one.startsWith('v')).flatMap((one) => [1, one, 700]);
      // Also as another program would write the list.
      const list = `[${marks.map((one) => JSON.stringify(one)).join(between)}]`;
      expect(entriesOf(list, 700)).toStrictEqual(wanted);
    }),
  );
});
