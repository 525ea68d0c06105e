import { OrderCancellation } from '../../types/order-cancellation.ts';
import { OrderChange } from '../../types/order-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { SubscriptionChange } from '../../types/subscription-change.ts';
import { TicketCancellation } from '../../types/ticket-cancellation.ts';
import { TicketChange } from '../../types/ticket-change.ts';
import { Checks } from '../checks.ts';
import { defineProvider } from '../define-provider.ts';
import { hmacKey } from '../hmac.ts';
import type { Provider } from '../provider.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { aboutEduzz } from './about.ts';
import { cartAbandonment } from './cart-abandonment.ts';
import { commission } from './commission.ts';
import { contractUpdate } from './contract-update.ts';
import { learnerActivities } from './learner-activity.ts';
import { orderCancellation } from './order-cancellation.ts';
import { orderChanges } from './order-change.ts';
import { orderUpdate } from './order-update.ts';
import { type EduzzApi, reconcileEduzz } from './reconcile.ts';
import { eduzzSamples } from './samples.ts';
import { subscriptionChanges } from './subscription-change.ts';
import { ticketCancellation } from './ticket-cancellation.ts';
import { ticketChanges } from './ticket-change.ts';
import { ticketEdit } from './ticket-edit.ts';
import { CartAbandonment } from './types/cart-abandonment.ts';
import { Commission } from './types/commission.ts';
import { LearnerActivity } from './types/learner-activity.ts';
import { VideoProcessing } from './types/video-processing.ts';
import { eduzzVerifier } from './verify.ts';
import { videoProcessings } from './video-processing.ts';

export interface EduzzSettings {
  /** The access keys ("chave de acesso") of the webhook's configurations, as Eduzz shows them, the newest first. */
  readonly secrets: Secrets;
  /** With this option, hookcast looks in Eduzz's API for canceled sales that webhooks have missed. */
  readonly api?: EduzzApi;
}

/**
 * Eduzz: the 63 events of its apps (Developer Hub, "Webhook v3"). Their names are in `names.ts`.
 *
 * @throws {Error} for secrets that are missing, empty or too short.
 */
export function eduzz(settings: EduzzSettings): Provider {
  const secrets = checkSecrets('eduzz', settings?.secrets, { least: LEAST_KNOWN });
  const key = hmacKey(secrets[0]);
  const checks = new Checks();
  return defineProvider({
    name: 'eduzz',
    verify: eduzzVerifier(secrets),
    about: (verified) => aboutEduzz(verified, checks, { isReconciled: settings.api !== undefined }),
    ...(settings.api && { reconcile: reconcileEduzz(settings.api) }),
    events: {
      'blinket.attendance_canceled': ticketCancellation(key),
      ...ticketChanges(key),
      'blinket.ticket_edited': ticketEdit,
      'myeduzz.invoice_canceled': orderCancellation,
      ...orderChanges,
      'myeduzz.invoice_updated': orderUpdate,
      'myeduzz.contract_updated': contractUpdate,
      'myeduzz.contract_status_updated': contractUpdate,
      'subscriptions.contract_updated': contractUpdate,
      'subscriptions.status_updated': contractUpdate,
      ...subscriptionChanges,
      'myeduzz.commission_processed': commission,
      'sun.cart_abandonment': cartAbandonment,
      ...learnerActivities,
      ...videoProcessings,
    },
    types: [
      TicketCancellation,
      TicketChange,
      OrderCancellation,
      OrderChange,
      SubscriptionCancellation,
      SubscriptionChange,
      Commission,
      CartAbandonment,
      LearnerActivity,
      VideoProcessing,
    ],
    samples: eduzzSamples,
  });
}
