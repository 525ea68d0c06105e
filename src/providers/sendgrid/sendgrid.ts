import type { KeyObject } from 'node:crypto';
import type { z } from 'zod';
import type { Introduction } from '../about.ts';
import { listBody } from '../body.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { said } from '../../declaration/event-type.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { asymmetric } from '../verify/asymmetric.ts';
import { body, header, time } from '../verify/template.ts';
import { type Email, OWN, email, envelope } from './payload.ts';
import { sendgridSamples } from './samples.ts';
import { EmailChange, type emailChangeKind } from './types/email-change.ts';

/**
 * In seconds. SendGrid retries for a day, and does not say whether it signs each attempt anew. Its own library takes any age. A replay
 * within this time is a duplicate.
 */
const PAST = 25 * 60 * 60;
const FUTURE = 5 * 60;
const PLAIN = /^[\w.+=/-]{1,128}$/;

export interface SendgridSettings {
  /** The verification keys of the webhooks, as SendGrid's page shows them: base64. Several while one replaces another. */
  readonly publicKeys: readonly (KeyObject | string | undefined)[];
  /** The private key that belongs to the first public key, for samples. SendGrid keeps the real one. */
  readonly signingKey?: KeyObject;
}

/**
 * SendGrid: `x-twilio-email-event-webhook-signature` is the base64 signature, ECDSA with SHA-256, of the time in
 * `x-twilio-email-event-webhook-timestamp` and the raw body, which is a list of events. Each has an id of its own.
 */
export function sendgrid(settings: SendgridSettings): Provider {
  const { publicKeys, signingKey } = settings ?? {};
  const checks = new Checks();
  return defineProvider({
    name: 'sendgrid',
    verify: asymmetric({
      publicKeys: publicKeys ?? [],
      algorithm: 'ecdsa-p256-sha256',
      header: 'x-twilio-email-event-webhook-signature',
      encoding: 'base64',
      signed: [time, body],
      timestamp: { from: header('x-twilio-email-event-webhook-timestamp'), past: PAST, future: FUTURE },
      body: listBody,
      ...(signingKey && { signingKey }),
    }),
    // A single event without a list is accepted too.
    each: (payload) => (Array.isArray(payload['body']) ? (payload['body'] as readonly unknown[]) : [payload]),
    about: (verified) => about(verified, checks),
    events: {
      processed: changed('PROCESSED'),
      dropped: changed('DROPPED'),
      deferred: changed('DEFERRED'),
      delivered: changed('DELIVERED'),
      bounce: event(email, (sent) => said(EmailChange, emailOf(sent, sent.type === 'blocked' ? 'BLOCKED' : 'BOUNCED'))),
      open: changed('OPENED'),
      click: changed('CLICKED'),
      spamreport: changed('REPORTED_AS_SPAM'),
      unsubscribe: changed('UNSUBSCRIBED'),
      group_unsubscribe: changed('GROUP_UNSUBSCRIBED'),
      group_resubscribe: changed('GROUP_RESUBSCRIBED'),
    },
    types: [EmailChange],
    samples: sendgridSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error);
  const sent = checks.safeParse(email, payload).data;
  const messageId = sent?.sg_message_id ?? null;
  const at = sent?.timestamp ?? null;
  return {
    type: parsed.data.event,
    eventId: sent?.sg_event_id,
    subject: messageId !== null && PLAIN.test(messageId) ? `email/${messageId}` : null,
    occurredAt: at === null ? null : { at: at * 1000, text: String(at) },
    people: sent ? [personOf(sent)] : [],
  };
}

function changed(emailChange: z.output<typeof emailChangeKind>) {
  return event(email, (sent) => said(EmailChange, emailOf(sent, emailChange)));
}

function emailOf(sent: Email, emailChange: z.output<typeof emailChangeKind>) {
  const attached = Object.entries(sent).filter(([name]) => !OWN.has(name));
  return {
    emailChange,
    messageId: sent.sg_message_id,
    recipient: personOf(sent),
    reason: sent.reason,
    response: sent.response,
    status: sent.status,
    classification: sent.bounce_classification,
    attempt: sent.attempt,
    isMachine: sent.sg_machine_open,
    userAgent: sent.useragent,
    ip: sent.ip,
    categories: sent.category ?? [],
    groupId: sent.asm_group_id,
    additionalFields: attached.length > 0 ? Object.fromEntries(attached) : null,
  };
}

function personOf({ email: address }: Email) {
  return { name: null, email: address, phone: null, externalId: null };
}
