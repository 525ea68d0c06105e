import { z } from 'zod';
import { id, optionalInstant, secondary, secondaryList } from '../fields.ts';

/** What Shopify sends: the resources of its REST Admin API. https://shopify.dev/docs/api/webhooks */

const text = secondary(z.string());
const secondaryId = secondary(id);
const instant = secondary(optionalInstant);

const customer = secondary(
  z.looseObject({ id: secondaryId, first_name: text, last_name: text, email: text, phone: text }),
);

export const order = z.looseObject({
  id,
  name: text,
  email: text,
  phone: text,
  test: secondary(z.boolean()),
  currency: text,
  total_price: text,
  financial_status: text,
  created_at: instant,
  cancelled_at: instant,
  cancel_reason: text,
  customer,
  line_items: secondaryList(
    z.looseObject({ product_id: secondaryId, title: text, price: text, sku: text, quantity: secondary(z.int()) }),
  ),
});
export type Order = z.output<typeof order>;

export const refund = z.looseObject({
  order_id: id,
  created_at: instant,
  processed_at: instant,
  note: text,
  transactions: secondaryList(
    z.looseObject({ kind: text, status: text, amount: text, currency: text, parent_id: secondaryId }),
  ),
});

export const dispute = z.looseObject({
  /** `inquiry` is only a question of the bank, and no money is taken. */
  type: text,
  order_id: secondaryId,
  amount: text,
  currency: text,
  status: text,
  initiated_at: instant,
  evidence_due_by: instant,
  finalized_on: instant,
});

export const contract = z.looseObject({
  id,
  status: text,
  customer_id: secondaryId,
  billing_policy: secondary(z.looseObject({ interval: text, interval_count: secondary(z.int()) })),
});
