import { defineProvider } from '../define-provider.ts';
import { hmacKey } from '../hmac.ts';
import type { Provider } from '../provider.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { aboutEduzz } from './about.ts';
import { orderCancellation, orderUpdate } from './order-cancellation.ts';
import { eduzzSamples } from './samples.ts';
import { subscriptionCancellation } from './subscription-cancellation.ts';
import { ticketCancellation } from './ticket-cancellation.ts';
import { ticketChanges } from './ticket-change.ts';
import { ticketEdit } from './ticket-edit.ts';
import { eduzzVerifier } from './verify.ts';

export interface EduzzSettings {
  /** The access keys ("chave de acesso") of the webhook's configurations, as Eduzz shows them, the newest first. */
  readonly secrets: Secrets;
}

/**
 * Eduzz: the 63 events of its apps (Developer Hub, "Webhook v3") and those of 2024, of which `names.ts` has the names.
 *
 * @throws {Error} for secrets that are missing, empty or too short.
 */
export function eduzz(settings: EduzzSettings): Provider {
  const secrets = checkSecrets('eduzz', settings?.secrets, { least: LEAST_KNOWN });
  const key = hmacKey(secrets[0]);
  return defineProvider({
    name: 'eduzz',
    verify: eduzzVerifier(secrets),
    about: aboutEduzz,
    events: {
      'blinket.attendance_canceled': ticketCancellation(key),
      ...ticketChanges(key),
      'blinket.ticket_edited': ticketEdit,
      'myeduzz.invoice_canceled': orderCancellation,
      'myeduzz.invoice_updated': orderUpdate,
      'myeduzz.contract_updated': subscriptionCancellation,
      'myeduzz.contract_status_updated': subscriptionCancellation,
      'subscriptions.contract_updated': subscriptionCancellation,
      'subscriptions.status_updated': subscriptionCancellation,
    },
    samples: eduzzSamples,
  });
}
