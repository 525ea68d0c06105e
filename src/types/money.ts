import { objectType, text } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';

/** An amount and its currency, `{ amount, currency }`, both texts as the provider wrote them. */
export const money = objectType('Money', 'An amount and its currency.', {
  amount: open(text).describe('As the provider wrote it: text, since a float can’t hold every decimal fraction.'),
  currency: open(text).describe('ISO 4217 where the provider keeps to it, such as `BRL`.'),
});
