import { type Said, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { type Contract, causeOf, contract, plain, toSubscription } from './contract.ts';
import { delivery } from './payload.ts';
import { subscriptionChange } from './subscription-change.ts';

/** Reasons that a contract which is cancelled may have come to be so for. With any other it has been for some time. */
const CANCELING = ['cancellation', 'statusupdated', ''];

/** `myeduzz.contract_updated`, the only way in which Eduzz says that a subscription was cancelled, among much else. */
export const contractUpdate = event(delivery(contract), ({ data }, about: EduzzAbout): Said => {
  if (!isCancellation(data)) return subscriptionChange('UPDATED', data, about);
  const { people } = about;
  return said(SubscriptionCancellation, { ...toSubscription(data, about), cause: causeOf(data) }, { people });
});

function isCancellation(data: Contract): boolean {
  const why = plain(causeOf(data));
  return why === 'cancellation' || (plain(data.contract.status) === 'canceled' && CANCELING.includes(why));
}
