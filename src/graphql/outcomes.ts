import { HTTP } from '../errors.ts';
import type { AnswerCount } from '../events/answer-count.ts';
import type { Builder } from './builder.ts';

export type Outcome = keyof typeof OUTCOMES;
const OUTCOMES = {
  ACCEPTED: { description: 'Recorded as an event.' },
  DUPLICATE: { description: 'The event was in the log already.' },
  IGNORED: { description: 'Authentic, but the gateway does not record events like this one.' },
  QUARANTINED: { description: 'Authentic, but it does not fit. It waits in quarantine.' },
  PONG: { description: 'A check that the provider makes of the endpoint.' },
  UNAUTHORISED: { description: 'Its signature, token or secret was missing or wrong.' },
  REFUSED: { description: 'It does not have the form that the provider sends.' },
  PAUSED: { description: 'An operator had paused the source, and the provider was asked to send it again.' },
  UNAVAILABLE: {
    description: 'The gateway could not record it at that moment, and asked the provider to send it again.',
  },
} as const;

/** The answer to a delivery, as an enum. */
export function addOutcome(builder: Builder) {
  return builder.enumType('DeliveryOutcome', { description: 'How a delivery was answered.', values: OUTCOMES });
}

/** The record holds a receipt's status or the code of a problem, in lower case. */
export function outcomeOf({ outcome }: Pick<AnswerCount, 'outcome'>): Outcome {
  const name = outcome.toUpperCase();
  if (name === 'SIGNATURE_INVALID') return 'UNAUTHORISED';
  if (name === 'SOURCE_PAUSED') return 'PAUSED';
  if (Object.hasOwn(OUTCOMES, name)) return name as Outcome;
  const { status } = Object.hasOwn(HTTP, name) ? HTTP[name as keyof typeof HTTP] : { status: 400 };
  return status === 503 || status === 429 ? 'UNAVAILABLE' : 'REFUSED';
}
