import { z } from 'zod';
import { eventType } from '../../../declaration/event-type.ts';
import { id, instant, json, listOf, orBlank, text } from '../../../declaration/fields.ts';
import { open } from '../../../declaration/mark.ts';
import { person } from '../../../types/person.ts';

/** A purchase that somebody began and left. */
export const CartAbandonment = eventType('CartAbandonment', {
  description: 'Somebody began to buy and left: Eduzz, `sun.cart_abandonment`. It doesn’t say what it would have cost.',
  fields: z.object({
    cartId: id.nullable(),
    customer: orBlank(person),
    productIds: listOf(id),
    lastStep: open(text).nullable().describe('How far it went, in the provider’s words, such as `payment-sent`.'),
    paymentMethod: open(text).nullable().describe('Such as `creditCard`.'),
    tracker: json.describe('Where the customer came from. Personal, since it is free text.'),
    updatedAt: instant.nullable().describe('When the customer did something last.'),
    sentAt: instant.nullable(),
  }),
  subject: ({ cartId }) => cartId && `cart/${cartId}`,
});
