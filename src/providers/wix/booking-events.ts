import { type EventDefinition, event } from '../definition.ts';
import type { WixAbout } from './about.ts';
import { bookingCancellation } from './booking-cancellation.ts';
import { acted, created, updated } from './booking-change.ts';
import { BOOKING, bookingActed, bookingCanceled, bookingCreated, bookingUpdated } from './payload.ts';

/** The eight events of Wix Bookings V2. A name is the entity's followed by the slug. One slug is in camel case. */
export const bookingEvents: Readonly<Record<string, EventDefinition<WixAbout>>> = {
  [`${BOOKING}_canceled`]: event(bookingCanceled, bookingCancellation),
  [`${BOOKING}_created`]: event(bookingCreated, created),
  [`${BOOKING}_updated`]: event(bookingUpdated, updated),
  [`${BOOKING}_confirmed`]: event(bookingActed, acted('CONFIRMED')),
  [`${BOOKING}_declined`]: event(bookingActed, acted('DECLINED')),
  [`${BOOKING}_rescheduled`]: event(bookingActed, acted('RESCHEDULED')),
  [`${BOOKING}_markedAsPending`]: event(bookingActed, acted('MARKED_AS_PENDING')),
  [`${BOOKING}_number_of_participants_updated`]: event(bookingActed, acted('PARTICIPANTS_UPDATED')),
};
