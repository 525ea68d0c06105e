import { objectType, text } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';

/** An amount and its currency, `{ amount, currency }`, both texts as the provider wrote them. */
export const money = objectType('Money', 'An amount and its currency.', {
  amount: open(text).describe(
    'The amount as the provider wrote it. It is text, since a float cannot hold every decimal number.',
  ),
  currency: open(text).describe('The currency, usually as a code of ISO 4217, such as `BRL`.'),
});
