import type { z } from 'zod';
import { type Said, said } from '../../declaration/event-type.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange, type bookingChangeKind } from '../../types/booking-change.ts';
import { meetingOf } from './meeting.ts';
import type { Registered } from './payload.ts';

/** A place in a meeting or a webinar is a booking of its own. */
export function registrationCancelled({ payload }: { readonly payload: Registered }): Said {
  return said(BookingCancellation, { ...bookingOf(payload), canceledBy: operatorOf(payload) });
}

export function registrationCreated({ payload }: { readonly payload: Registered }): Said {
  const isPending = payload.object.registrant.status === 'pending';
  return said(BookingChange, { ...bookingOf(payload), bookingChange: isPending ? 'REQUESTED' : 'CREATED' });
}

export function registrationChanged(bookingChange: z.output<typeof bookingChangeKind>) {
  return ({ payload }: { readonly payload: Registered }): Said =>
    said(BookingChange, { ...bookingOf(payload), bookingChange, initiatedBy: operatorOf(payload) });
}

function bookingOf({ object }: Registered) {
  const { registrant } = object;
  return {
    ...meetingOf(object, object.occurrences.length === 1 ? object.occurrences[0] : undefined),
    bookingId: registrant.id,
    quantity: 1,
    status: registrant.status,
    customer: personOf(registrant),
  };
}

/** The host and the registrant may cancel it. Only their address tells them apart. */
function operatorOf({ operator, operator_id: actorId, object }: Registered) {
  const isCustomer = operator !== null && operator.toLowerCase() === object.registrant.email?.toLowerCase();
  const type = isCustomer ? 'CUSTOMER' : actorId === null ? 'UNKNOWN' : 'BUSINESS';
  return { type, name: operator, actorId } as const;
}

export function personOf(registrant: Registered['object']['registrant']) {
  const names = [registrant.first_name, registrant.last_name].filter((name) => name);
  return {
    name: names.length > 0 ? names.join(' ') : null,
    email: registrant.email,
    phone: registrant.phone,
    externalId: registrant.id,
  };
}
