import { z } from 'zod';
import { id, secondary, secondaryList } from '../fields.ts';
import { said } from '../../declaration/event-type.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { delivery, instant, money, moneyFields, secondaryId, text, toMoney } from './payload.ts';
import { Commission, type commissionRole } from './types/commission.ts';

const sum = { currency: secondary(moneyFields.currency), value: secondary(moneyFields.value) };
const share = z.object({ id: secondaryId, name: text, ...sum });
type Share = z.output<typeof share>;

const commissionProcessed = delivery(
  z.object({
    invoiceId: id,
    createdAt: instant,
    price: money,
    commissions: z.object({
      // Only this member says whose sale it was.
      producer: z.object({ id, name: text, ...sum }),
      coproducers: secondaryList(share),
      affiliates: secondaryList(share),
    }),
  }),
);

/** `myeduzz.commission_processed`. */
export const commission = event(commissionProcessed, ({ data }, { people, sentAt }: EduzzAbout) => {
  const { producer, coproducers, affiliates } = data.commissions;
  return said(
    Commission,
    {
      orderId: data.invoiceId,
      total: data.price,
      value: amountOf(producer),
      commissions: [
        toShare('PRODUCER')(producer),
        ...coproducers.map(toShare('COPRODUCER')),
        ...affiliates.map(toShare('AFFILIATE')),
      ],
      createdAt: data.createdAt,
      sentAt,
    },
    { people },
  );
});

function toShare(role: z.output<typeof commissionRole>) {
  return (share: Share) => ({ role, partyId: share.id, name: share.name, amount: amountOf(share) });
}

function amountOf({ currency, value }: Pick<Share, 'currency' | 'value'>) {
  return currency !== null && value !== null ? toMoney({ currency, value }) : null;
}
