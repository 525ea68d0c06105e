import { expect, it } from 'vitest';
import { z } from 'zod';
import { eventType } from '../../src/declaration/event-type.ts';
import { enumType, listOf, objectType, text } from '../../src/declaration/fields.ts';
import { personal } from '../../src/declaration/mark.ts';
import { money } from '../../src/types/money.ts';

const fields = z.object({
  what: enumType('What', ['SOLD', 'REFUNDED']).nullable(),
  diagnosis: personal(enumType('Diagnosis', ['FLU', 'COLD'])),
  whats: listOf(enumType('What', ['SOLD', 'REFUNDED'])),
  words: text,
  price: money.nullable(),
  income: personal(money),
  prices: listOf(money),
  size: objectType('Size', 'Of something.', { amount: z.number(), currency: text }),
  batch: objectType('Batch', 'Of tickets.', {
    name: text,
    price: money.nullable(),
    secret: personal(money),
  }).nullable(),
  batches: listOf(objectType('Batch2', 'Of tickets.', { price: money })),
});
const IN_OBJECTS = [
  'batch',
  'batch.name',
  'batch.secret',
  'batch.nothing',
  'batch.price.amount',
  'batches.price',
  'words.price',
];
const declare = (options: { happened?: string; amount?: string }) =>
  eventType('Visit', { description: 'Somebody came.', fields, ...(options as object) });

it('AUTH2.3 counts events by no personal field, since every reader of events sees the counts, also after an erasure', () => {
  expect(declare({ happened: 'what', amount: 'price' })).toMatchObject({ happened: 'what', amount: ['price'] });
  expect(declare({ amount: 'batch.price' })).toMatchObject({ amount: ['batch', 'price'] });
  for (const happened of ['diagnosis', 'whats', 'words', 'price', 'nothing']) {
    expect(() => declare({ happened }), happened).toThrow(
      `The declaration of Visit.${happened} can't be counted: "happened" must name a member that is one enum and not personal.`,
    );
  }
  for (const amount of ['income', 'prices', 'words', 'size', 'what', 'nothing', ...IN_OBJECTS]) {
    expect(() => declare({ amount }), amount).toThrow(
      `The declaration of Visit.${amount} can't be summed: "amount" must name a member that is money and not personal.`,
    );
  }
});

it('GQL8.2 takes a path that leads to no money for a mistake, before and after it is compiled', () => {
  expect(eventType('Visit', { description: 'Somebody came.', fields, amount: 'batch.price' }).amount).toEqual([
    'batch',
    'price',
  ]);
  const wrong = () =>
    eventType('Visit', {
      description: 'Somebody came.',
      fields,
      // @ts-expect-error: it is called price.
      amount: 'batch.cost',
    });
  expect(wrong).toThrow("The declaration of Visit.batch.cost can't be summed");
});
