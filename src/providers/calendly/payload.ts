import { z } from 'zod';
import { optionalInstant, secondary, secondaryList } from '../fields.ts';

/** Calendly's payloads, after its API reference, "Webhook Payload": https://developer.calendly.com/api-docs */

export const envelope = z.object({
  event: z.string().min(1).max(256),
  created_at: z.unknown().optional(),
  /** The user who made the subscription. */
  created_by: z.unknown().optional(),
  payload: z.unknown().optional(),
});

const text = secondary(z.string());
const instant = secondary(optionalInstant);

/** An id of Calendly: a URL whose last part differs. */
export const uri = z
  .string()
  .max(512)
  .regex(/\/[\w-]{1,128}$/, { error: 'expected the URI of something' });

/** What any event may say of the thing that it is about: an invitee, a contact, or no person at all. */
export const anyResource = z.object({
  uri: secondary(uri),
  name: text,
  email: text,
  /** The addresses of a contact. Calendly's reference doesn't name the members of this object. */
  emails: secondaryList(z.union([z.string(), z.record(z.string(), z.unknown())])),
});

const cancellation = z.object({
  /** A name, or in some payloads the URI of a user. */
  canceled_by: text,
  reason: text,
  canceler_type: text,
  created_at: instant,
});

const payment = z.object({
  external_id: text,
  provider: text,
  /** In whole units of the currency, possibly with a fraction. */
  amount: secondary(z.union([z.string(), z.number().transform(String)])),
  currency: text,
  terms: text,
  successful: secondary(z.boolean()),
});

const scheduledEvent = z.object({
  uri: text,
  name: text,
  status: text,
  start_time: instant,
  end_time: instant,
  event_type: text,
  location: secondary(z.looseObject({ type: text, location: text })),
  event_memberships: secondaryList(z.looseObject({ user: text, user_email: text, user_name: text })),
  event_guests: z.unknown().optional(),
  invitees_counter: z.unknown().optional(),
  meeting_notes_plain: text,
  meeting_notes_html: text,
  calendar_event: z.unknown().optional(),
  cancellation: secondary(cancellation),
  created_at: instant,
  updated_at: instant,
});

const invitee = z.object({
  uri,
  name: text,
  first_name: text,
  last_name: text,
  email: text,
  status: text,
  timezone: text,
  text_reminder_number: text,
  old_invitee: text,
  new_invitee: text,
  cancel_url: text,
  reschedule_url: text,
  cancellation: secondary(cancellation),
  scheduled_event: secondary(scheduledEvent),
  event: text,
  questions_and_answers: z.unknown().optional(),
  tracking: z.unknown().optional(),
  payment: secondary(payment),
  no_show: z.unknown().optional(),
  reconfirmation: z.unknown().optional(),
  routing_form_submission: z.unknown().optional(),
  scheduling_method: text,
  /** The user who booked for the invitee. Null if the invitee booked. */
  invitee_scheduled_by: text,
  created_at: instant,
  updated_at: instant,
});
export type Invitee = z.infer<typeof invitee>;

export const inviteeCanceled = z.object({
  event: z.literal('invitee.canceled'),
  created_at: text,
  created_by: text,
  payload: invitee.extend({
    /** True for one half of a move. The other half is the event of a created invitee. */
    rescheduled: z.boolean().nullish(),
  }),
});
export type Payment = z.infer<typeof payment>;
export type InviteeCanceled = z.infer<typeof inviteeCanceled>;

/** `payload` is null if it is about no invitee. Such an event is recorded without a type. */
export const inviteeChanged = envelope.extend({
  payload: secondary(invitee.extend({ uri: uri.regex(/\/invitees\/[\w-]+$/), rescheduled: z.unknown().optional() })),
});
export type InviteeChanged = z.infer<typeof inviteeChanged>;
