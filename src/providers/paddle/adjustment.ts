import type { z } from 'zod';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import type { About } from '../about.ts';
import { amountOf } from '../coins.ts';
import type { Adjustment } from './payload.ts';

type OrderChangeKind = z.output<typeof orderChangeKind>;

/** A new adjustment, or one whose status has changed. A credit gives nobody money back, so it has no type. */
export function adjustmentState(what: 'created' | 'updated') {
  return ({ data }: { readonly data: Adjustment }, { people }: About): Said => {
    const orderChange = changeIn(data, what);
    if (orderChange === null) return otherEvent(people);
    const value = amountOf(data.totals?.total, data.totals?.currency_code);
    return said(OrderChange, {
      orderId: data.transaction_id,
      orderChange,
      customer: { externalId: data.customer_id },
      status: data.status,
      value,
      parentSubscriptionId: data.subscription_id,
      ...(orderChange === 'CHARGED_BACK'
        ? { chargeback: { status: data.status, createdAt: data.created_at } }
        : {
            refund: {
              type: data.type,
              amount: value,
              requestedAt: data.created_at,
              refundedAt: orderChange === 'REFUNDED' ? (data.updated_at ?? data.created_at) : null,
              reason: data.reason,
            },
          }),
    });
  };
}

/** A chargeback is updated when it is reversed. */
function changeIn({ action, status }: Adjustment, what: 'created' | 'updated'): OrderChangeKind | null {
  if (action === 'chargeback') return what === 'created' ? 'CHARGED_BACK' : null;
  if (action !== 'refund') return null;
  return status === 'approved' ? 'REFUNDED' : status === 'pending_approval' ? 'AWAITING_REFUND' : null;
}
