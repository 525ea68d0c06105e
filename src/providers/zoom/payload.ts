import { z } from 'zod';
import { id, optionalInstant, secondary, secondaryList } from '../fields.ts';

/** What Zoom sends. https://developers.zoom.us/docs/api/meetings/events, https://developers.zoom.us/docs/api/scheduler/events */

const text = secondary(z.string());
const secondaryId = secondary(id);
const instant = secondary(optionalInstant);
const whole = secondary(z.int());

export const envelope = z.object({
  event: z.string().min(1).max(128),
  /** Milliseconds since 1970. */
  event_ts: secondary(z.int().positive().max(253_402_300_799_999)),
});

export const registrant = z.looseObject({
  id,
  first_name: text,
  last_name: text,
  email: text,
  phone: text,
  status: text,
});

const meeting = z.looseObject({
  id,
  host_id: secondaryId,
  topic: text,
  start_time: instant,
  /** Minutes. */
  duration: whole,
  timezone: text,
  occurrences: secondaryList(z.looseObject({ occurrence_id: id, start_time: instant, duration: whole })),
});
export type Meeting = z.output<typeof meeting>;

const operated = {
  operator: text,
  operator_id: secondaryId,
};

/** `single` is one meeting of a series, `all` is all coming meetings of the series. */
const scope = secondary(z.enum(['single', 'all']));

export const meetingChanged = z.looseObject({
  payload: z.looseObject({ ...operated, operation: scope, scope, object: meeting, old_object: secondary(meeting) }),
});
export type MeetingChanged = z.output<typeof meetingChanged>['payload'];

export const registered = z.looseObject({
  payload: z.looseObject({ ...operated, object: meeting.extend({ registrant }) }),
});
export type Registered = z.output<typeof registered>['payload'];

const cancellation = secondary(
  z.looseObject({ canceled_by: text, canceler_type: text, cancel_at: instant, reason: text }),
);

export const scheduled = z.looseObject({
  payload: z.looseObject({
    user_id: secondaryId,
    object: z.looseObject({
      invitee_email: text,
      invitee_first_name: text,
      invitee_last_name: text,
      text_phone_number: text,
      time_zone: text,
      questions_and_answers: z.unknown().optional(),
      rescheduled: secondary(z.boolean()),
      cancellation,
      scheduled_event: z.looseObject({
        event_id: id,
        summary: text,
        status: text,
        start_date_time: instant,
        end_date_time: instant,
        created: instant,
        updated: instant,
        location_kind: text,
        location: secondary(z.looseObject({ custom_location: text })),
        external_location: secondary(z.looseObject({ meeting_id: secondaryId })),
        invitee_counters: secondary(z.looseObject({ limit: whole })),
      }),
    }),
  }),
});
export type Scheduled = z.output<typeof scheduled>['payload'];
