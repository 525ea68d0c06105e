import { z } from 'zod';
import { optionalInstant, optionalText, time } from '../fields.ts';

/** What Calendly sends, after its API reference, "Webhook Payload": https://developer.calendly.com/api-docs */

export const envelope = z.object({
  event: z.string().min(1).max(256),
  created_at: z.unknown().optional(),
  /** The user who made the subscription. */
  created_by: z.unknown().optional(),
  payload: z.unknown().optional(),
});

/** Calendly's ids are URLs, of which the last part differs. */
export const uri = z
  .string()
  .max(512)
  .regex(/\/[\w-]{1,128}$/, { error: 'expected the URI of something' });

/** What any event may say of its invitee. */
export const anyInvitee = z.object({
  uri: uri.nullish().catch(null),
  name: optionalText.catch(null),
  email: optionalText.catch(null),
});

const cancellation = z.object({
  /** A name. */
  canceled_by: optionalText,
  reason: optionalText,
  canceler_type: optionalText,
  created_at: optionalInstant,
});

const scheduledEvent = z.object({
  uri: optionalText,
  name: optionalText,
  status: optionalText,
  start_time: optionalInstant,
  end_time: optionalInstant,
  event_type: optionalText,
  location: z.looseObject({ type: optionalText, location: optionalText }).nullish(),
  event_memberships: z
    .array(z.looseObject({ user: optionalText, user_email: optionalText, user_name: optionalText }))
    .nullish(),
  event_guests: z.unknown().optional(),
  invitees_counter: z.unknown().optional(),
  meeting_notes_plain: optionalText,
  meeting_notes_html: optionalText,
  calendar_event: z.unknown().optional(),
  cancellation: z.unknown().optional(),
  created_at: optionalInstant,
  updated_at: optionalInstant,
});

export const inviteeCanceled = z.object({
  event: z.literal('invitee.canceled'),
  created_at: time,
  created_by: optionalText,
  payload: z.object({
    uri,
    name: optionalText,
    first_name: optionalText,
    last_name: optionalText,
    email: optionalText,
    status: optionalText,
    timezone: optionalText,
    text_reminder_number: optionalText,
    /** Half of a move: the other half is an invitee that was created. */
    rescheduled: z.boolean().nullish(),
    old_invitee: optionalText,
    new_invitee: optionalText,
    cancel_url: optionalText,
    reschedule_url: optionalText,
    cancellation: cancellation.nullish(),
    scheduled_event: scheduledEvent.nullish(),
    event: optionalText,
    questions_and_answers: z.unknown().optional(),
    tracking: z.unknown().optional(),
    payment: z.unknown().optional(),
    no_show: z.unknown().optional(),
    reconfirmation: z.unknown().optional(),
    routing_form_submission: z.unknown().optional(),
    scheduling_method: optionalText,
    invitee_scheduled_by: optionalText,
    created_at: optionalInstant,
    updated_at: optionalInstant,
  }),
});
export type InviteeCanceled = z.infer<typeof inviteeCanceled>;
