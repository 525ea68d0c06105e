import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange } from '../../types/booking-change.ts';
import type { Scheduled } from './payload.ts';

/** A booking on a page of Zoom Scheduler. */
export function scheduledCreated({ payload }: { readonly payload: Scheduled }): Said {
  const bookingChange = payload.object.rescheduled === true ? 'RESCHEDULED' : 'CREATED';
  return said(BookingChange, { ...bookingOf(payload), bookingChange });
}

/** One half of a move is a cancellation too. The other half says that the booking was moved. */
export function scheduledCanceled({ payload }: { readonly payload: Scheduled }): Said {
  const booking = bookingOf(payload);
  if (payload.object.rescheduled === true) return otherEvent([booking.customer]);
  const {
    canceled_by: name = null,
    canceler_type: by,
    reason,
    cancel_at: occurredAt,
  } = payload.object.cancellation ?? {};
  const type = by === 'invitee' ? 'CUSTOMER' : by === 'host' ? 'BUSINESS' : 'UNKNOWN';
  return said(
    BookingCancellation,
    { ...booking, canceledBy: { type, name }, reason },
    { occurredAt: occurredAt ?? null },
  );
}

function bookingOf({ user_id: hostId, object }: Scheduled) {
  const { scheduled_event: event } = object;
  const limit = event.invitee_counters?.limit ?? null;
  const names = [object.invitee_first_name, object.invitee_last_name].filter((name) => name);
  const [startsAt, endsAt] = [event.start_date_time, event.end_date_time];
  return {
    bookingId: event.event_id,
    title: event.summary,
    status: event.status,
    startsAt,
    endsAt,
    seatsPerSlot: limit !== null && limit > 1 ? limit : null,
    createdAt: event.created,
    updatedAt: event.updated,
    customer: {
      name: names.length > 0 ? names.join(' ') : null,
      email: object.invitee_email,
      phone: object.text_phone_number,
      externalId: null,
    },
    customerTimeZone: object.time_zone,
    additionalFields: object.questions_and_answers,
    slot: {
      eventId: event.external_location?.meeting_id,
      startsAt,
      endsAt,
      staff: { staffId: hostId },
      location: { type: event.location_kind, address: event.location?.custom_location },
    },
  };
}
