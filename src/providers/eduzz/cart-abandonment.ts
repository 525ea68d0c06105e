import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { event } from '../definition.ts';
import { id, secondaryList } from '../fields.ts';
import type { EduzzAbout } from './about.ts';
import { customer, delivery, instant, secondaryId, text } from './payload.ts';
import { toPerson } from './people.ts';
import { CartAbandonment } from './types/cart-abandonment.ts';

const cartAbandoned = delivery(
  z.object({
    transactionId: secondaryId,
    customer,
    productId: secondaryList(id),
    tracker: z.unknown().optional(),
    lastStep: text,
    paymentMethod: text,
    producerId: id,
    updatedAt: instant,
  }),
);

/** `sun.cart_abandonment`. */
export const cartAbandonment = event(cartAbandoned, ({ data }, { people, sentAt }: EduzzAbout) =>
  said(
    CartAbandonment,
    {
      cartId: data.transactionId,
      customer: toPerson(data.customer),
      productIds: data.productId,
      lastStep: data.lastStep,
      paymentMethod: data.paymentMethod,
      tracker: data.tracker,
      updatedAt: data.updatedAt,
      sentAt,
    },
    { people },
  ),
);
