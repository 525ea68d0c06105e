import { z } from 'zod';
import { id, optionalInstant, secondary } from '../fields.ts';

/** What Woovi (OpenPix) sends. https://developers.woovi.com/docs/webhook/webhook-events-type */

const text = secondary(z.string());
const secondaryId = secondary(id);
const instant = secondary(optionalInstant);
/** Cents. */
const cents = secondary(z.int());

export const envelope = z.object({ event: z.string().min(1).max(256) });

export const customer = secondary(z.looseObject({ name: text, email: text, phone: text, correlationID: secondaryId }));

export const charge = z.looseObject({
  /** The merchant's own id of the charge. */
  correlationID: id,
  transactionID: secondaryId,
  status: text,
  value: cents,
  customer,
  createdAt: instant,
});
export type Charge = z.output<typeof charge>;

const pix = secondary(z.looseObject({ value: cents, time: instant, transactionID: secondaryId }));

export const charged = z.looseObject({ charge, pix });

/** A refund has no charge if the money came without one. */
export const refunded = z.looseObject({ charge: charge.nullish(), pix });
