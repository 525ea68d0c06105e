import { z } from 'zod';
import { eventType } from '../../../declaration/event-type.ts';
import { enumType, id, instant, listOf, objectType, text } from '../../../declaration/fields.ts';
import { money } from '../../../types/money.ts';

export const commissionRole = enumType(
  'CommissionRole',
  ['PRODUCER', 'COPRODUCER', 'AFFILIATE'],
  'The role of somebody in a sale.',
);

const share = objectType('CommissionShare', 'Somebody’s share of a sale.', {
  role: commissionRole,
  partyId: id.nullable().describe('Their account at the provider.'),
  name: text.nullable().describe('Personal.'),
  amount: money.nullable(),
});

/** The earnings of everybody who takes part in a sale. */
export const Commission = eventType('Commission', {
  description: 'The income of an order was divided: Eduzz, `myeduzz.commission_processed`.',
  fields: z.object({
    orderId: id,
    total: money.nullable().describe('What the order cost.'),
    value: money.nullable().describe('What the producer gets. `activity` sums it.'),
    commissions: listOf(share).describe('The producer, co-producers and affiliates.'),
    createdAt: instant.nullable().describe('When it was ordered.'),
    sentAt: instant.nullable(),
  }),
  amount: 'value',
  subject: ({ orderId }) => orderId && `order/${orderId}`,
});
