import { type Said, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { type Contract, causeOf, contract, plain, toSubscription } from './contract.ts';
import { delivery } from './payload.ts';
import { subscriptionChange } from './subscription-change.ts';

/** Reasons with which a canceled contract may just have been canceled. With any other reason it was canceled earlier. */
const CANCELING = ['cancellation', 'statusupdated', ''];

/** `myeduzz.contract_updated` tells of many changes. It is also the only event by which Eduzz says that a subscription was canceled. */
export const contractUpdate = event(delivery(contract), ({ data }, about: EduzzAbout): Said => {
  if (!isCancellation(data)) return subscriptionChange('UPDATED', data, about);
  const { people } = about;
  return said(SubscriptionCancellation, { ...toSubscription(data, about), cause: causeOf(data) }, { people });
});

function isCancellation(data: Contract): boolean {
  const why = plain(causeOf(data));
  return why === 'cancellation' || (plain(data.contract.status) === 'canceled' && CANCELING.includes(why));
}
