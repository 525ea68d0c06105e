import { z } from 'zod';
import { eventType } from '../../../declaration/event-type.ts';
import { id, instant, json, listOf, orBlank, text } from '../../../declaration/fields.ts';
import { open } from '../../../declaration/mark.ts';
import { person } from '../../../types/person.ts';

/** A purchase that somebody began and left. */
export const CartAbandonment = eventType('CartAbandonment', {
  description: 'Somebody began to buy and left: Eduzz, `sun.cart_abandonment`. The provider does not say the price.',
  fields: z.object({
    cartId: id.nullable(),
    customer: orBlank(person),
    productIds: listOf(id),
    lastStep: open(text)
      .nullable()
      .describe('The last step that the customer reached, in the provider’s words, such as `payment-sent`.'),
    paymentMethod: open(text).nullable().describe('Such as `creditCard`.'),
    tracker: json.describe('Where the customer came from. Personal, since it is free text.'),
    updatedAt: instant.nullable().describe('When the customer was last active.'),
    sentAt: instant.nullable(),
  }),
  subject: ({ cartId }) => cartId && `cart/${cartId}`,
});
