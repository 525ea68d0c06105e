import { type Said, otherEvent } from '../../declaration/event-type.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { plain } from './contract.ts';
import { settledIn2024 } from './invoice.ts';
import { canceledOrder } from './order-cancellation.ts';
import { type Change, changedOrder } from './order-change.ts';
import { delivery } from './payload.ts';

/** The change of an order, by its status. A status that is missing here, such as `analysing`, has no event of its own today. */
const CHANGES: ReadonlyMap<string, Change> = new Map<string, Change>([
  ['open', 'OPENED'],
  ['scheduled', 'SCHEDULED'],
  ['waitingpayment', 'AWAITING_PAYMENT'],
  ['paid', 'PAID'],
  ['waitingrefund', 'AWAITING_REFUND'],
  ['refunded', 'REFUNDED'],
  ['recovering', 'RECOVERING'],
  ['expired', 'EXPIRED'],
  ['negotiated', 'NEGOTIATED'],
]);

/**
 * `myeduzz.invoice_updated`: in 2024 the only event, for every change of an order.
 * https://github.com/eduzz/eduzz-webhook-docs/blob/main/events/myeduzz/invoice_updated.md
 */
export const orderUpdate = event(delivery(settledIn2024), ({ data }, about: EduzzAbout): Said => {
  const status = plain(data.status);
  if (status === 'canceled') return canceledOrder(data, about);
  const change = CHANGES.get(status);
  return change ? changedOrder(change, data, about) : otherEvent(about.people);
});
