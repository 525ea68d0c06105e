import { z } from 'zod';
import { id, optionalInstant, secondary } from '../fields.ts';

/** GitHub's payloads that tell of money. https://docs.github.com/en/webhooks/webhook-events-and-payloads */

const text = secondary(z.string());
const secondaryId = secondary(id);
const instant = secondary(optionalInstant);
/** Cents of US dollars. */
const cents = secondary(z.int());

const user = secondary(z.looseObject({ id: secondaryId, login: text }));
const plan = secondary(z.looseObject({ id: secondaryId, name: text, monthly_price_in_cents: cents }));

export const sponsored = z.looseObject({
  effective_date: instant,
  sponsorship: z.looseObject({ node_id: id, created_at: instant, sponsor: user, tier: plan }),
});
export type Sponsored = z.output<typeof sponsored>;

export const purchased = z.looseObject({
  effective_date: instant,
  marketplace_purchase: z.looseObject({
    account: z.looseObject({ id, login: text, organization_billing_email: text }),
    billing_cycle: text,
    unit_count: secondary(z.int()),
    next_billing_date: instant,
    plan,
  }),
});
export type Purchased = z.output<typeof purchased>;
