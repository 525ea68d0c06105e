import { z } from 'zod';
import { id, secondary } from '../fields.ts';

/** What SendGrid sends. https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */

const text = secondary(z.string());
const secondaryId = secondary(id);
/** SendGrid writes it as text or as a number. */
const count = secondary(
  z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ]),
);

export const envelope = z.object({ event: z.string().min(1).max(128) });

export const email = z.looseObject({
  event: z.string(),
  email: text,
  sg_event_id: secondaryId,
  sg_message_id: secondaryId,
  /** Seconds since 1970. */
  timestamp: secondary(z.int().positive().max(253_402_300_799)),
  reason: text,
  response: text,
  status: text,
  /** The type of a bounce. A later attempt may succeed after `blocked`. */
  type: text,
  bounce_classification: text,
  attempt: count,
  sg_machine_open: secondary(z.boolean()),
  useragent: text,
  ip: text,
  asm_group_id: secondaryId,
  /** One category is a text, several are a list. */
  category: secondary(z.union([z.array(z.string()), z.string().transform((one) => [one])])),
});
export type Email = z.output<typeof email>;

/** SendGrid's own members. All other members were attached by the sender of the e-mail. */
export const OWN: ReadonlySet<string> = new Set([
  ...Object.keys(email.shape),
  'smtp-id',
  'url',
  'url_offset',
  'tls',
  'cert_err',
  'send_at',
  'pool',
  'newsletter',
  'marketing_campaign_id',
  'marketing_campaign_name',
  'marketing_campaign_version',
  'marketing_campaign_split_id',
  'sg_content_type',
  'sg_template_id',
  'sg_template_name',
  'singlesend_id',
  'singlesend_name',
  'template_id',
  'template_version_id',
  'mc_stats',
  'phase_id',
  'mc_auto_id',
  'mc_auto_name',
  'mc_pod_id',
  'recv_msgid',
]);
