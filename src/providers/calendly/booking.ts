import type { ActorType } from '../../events/cancellation.ts';
import type { Money } from '../../events/money.ts';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange } from '../../types/booking-change.ts';
import type { About } from '../about.ts';
import { lastPart, personOf } from './invitee.ts';
import type { Invitee, InviteeCanceled, InviteeChanged, Payment } from './payload.ts';

/** Kinds of location that are no place: the host or the invitee calls. */
const CALLS: readonly string[] = ['outbound_call', 'inbound_call'];

const ACTORS: Readonly<Record<string, ActorType>> = { host: 'BUSINESS', invitee: 'CUSTOMER' };

export function bookingCancellation({ payload: invitee }: InviteeCanceled): Said {
  const members = bookingOf(invitee);
  if (invitee.rescheduled) return otherEvent([members.customer]);
  // If a host cancels a whole meeting, only the meeting may have the details, while the invitee's are empty.
  const hows = [invitee.cancellation, invitee.scheduled_event?.cancellation];
  const how = hows.find((one) => one?.canceler_type || one?.canceled_by) ?? invitee.cancellation;
  const canceledByName = nameIn(how?.canceled_by);
  return said(
    BookingCancellation,
    {
      ...members,
      canceledBy: {
        type:
          (how?.canceler_type && Object.hasOwn(ACTORS, how.canceler_type) && ACTORS[how.canceler_type]) || 'UNKNOWN',
        actorId: canceledByName === null ? lastPart(how?.canceled_by) : null,
        name: canceledByName,
      },
      reason: how?.reason ?? null,
    },
    { occurredAt: how?.created_at ?? null },
  );
}

/** A new booking, or the second half of a move. The first half of a move is an invitee that was canceled. */
export function inviteeCreated({ payload: invitee }: InviteeChanged, { people }: About): Said {
  if (invitee === null) return otherEvent(people);
  const members = bookingOf(invitee);
  if (invitee.old_invitee === null) {
    return said(BookingChange, { ...members, bookingChange: 'CREATED', initiatedBy: members.createdBy });
  }
  const previousBookingId = lastPart(invitee.old_invitee);
  return said(BookingChange, { ...members, bookingChange: 'RESCHEDULED', previousBookingId });
}

export function markedAs(bookingChange: 'MARKED_AS_NO_SHOW' | 'UNMARKED_AS_NO_SHOW') {
  return ({ payload: invitee }: InviteeChanged, { people }: About): Said =>
    invitee === null ? otherEvent(people) : said(BookingChange, { ...bookingOf(invitee), bookingChange });
}

/** What every event says of an invitee's booking. */
function bookingOf(invitee: Invitee) {
  const { scheduled_event: scheduled, payment } = invitee;
  const { type: locationType = null, location = null } = scheduled?.location ?? {};
  // The host calls the invitee at this number.
  const called = locationType === 'outbound_call' ? location : null;
  const bookedBy = lastPart(invitee.invitee_scheduled_by);
  const [host] = scheduled?.event_memberships ?? [];
  const startsAt = scheduled?.start_time ?? null;
  const endsAt = scheduled?.end_time ?? null;
  const createdByType: ActorType = bookedBy === null ? 'UNKNOWN' : 'BUSINESS';
  return {
    bookingId: lastPart(invitee.uri) ?? invitee.uri,
    title: scheduled?.name ?? null,
    quantity: 1,
    status: invitee.status ?? null,
    startsAt,
    endsAt,
    price: priceOf(payment),
    paymentStatus: paymentStatusOf(payment),
    createdBy: { type: createdByType, actorId: bookedBy },
    createdAt: invitee.created_at ?? null,
    updatedAt: invitee.updated_at ?? null,
    slot: {
      eventId: lastPart(scheduled?.uri),
      serviceId: lastPart(scheduled?.event_type),
      startsAt,
      endsAt,
      staff: { staffId: lastPart(host?.user), name: host?.user_name ?? null, email: host?.user_email ?? null },
      location: {
        type: locationType,
        name: locationType !== null && CALLS.includes(locationType) ? null : nameIn(location),
      },
    },
    customer: { ...personOf(invitee), phone: invitee.text_reminder_number ?? called },
    customerTimeZone: invitee.timezone ?? null,
    additionalFields: invitee.questions_and_answers,
  };
}

function priceOf(payment: Payment | null): Money | null {
  const { amount, currency } = payment ?? {};
  return amount && currency ? { amount, currency: currency.toUpperCase() } : null;
}

function paymentStatusOf(payment: Payment | null): string | null {
  const successful = payment?.successful ?? null;
  if (successful === null) return null;
  return successful ? 'PAID' : 'FAILED';
}

/** A link is no name, and a link to a meeting lets in anybody who has it. */
function nameIn(text: string | null | undefined): string | null {
  return text && !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : null;
}
