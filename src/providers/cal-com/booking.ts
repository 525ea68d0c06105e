import type { ActorType } from '../../events/cancellation.ts';
import type { Money } from '../../events/money.ts';
import { toAddress } from '../../events/trace.ts';
import type { Booking } from './payload.ts';

/** What every event says of its booking. */
export function bookingOf(booking: Booking) {
  const { uid, organizer, startTime, endTime, seatsPerTimeSlot } = booking;
  const business = addressesOf([organizer, ...(booking.team?.members ?? [])]);
  const attendees = guestsAmong(booking.attendees, business);
  const people = attendees.map(personOf);
  const [customer] = people;
  // The phone number is of the person who made the booking. In a slot with several seats, other attendees have other numbers.
  const phone = customer?.phone ?? (seatsPerTimeSlot === null ? booking.smsReminderNumber : null);
  const members = {
    bookingId: uid,
    // `title` is not used, since it names the people.
    title: booking.eventTitle || booking.type || null,
    quantity: attendees.length,
    status: booking.status ?? null,
    startsAt: startTime ?? null,
    endsAt: endTime ?? null,
    timeZone: organizer?.timeZone ?? null,
    slot: {
      eventId: booking.bookingId ?? null,
      serviceId: booking.eventTypeId ?? null,
      startsAt: startTime ?? null,
      endsAt: endTime ?? null,
      timeZone: organizer?.timeZone ?? null,
      staff: {
        staffId: organizer?.id ?? null,
        name: organizer?.name ?? null,
        email: organizer?.email ?? null,
      },
      location: placeOf(booking.location),
    },
    seatId: booking.attendeeSeatId,
    seatsPerSlot: seatsPerTimeSlot,
    price: priceOf(booking),
    ...(customer && { customer: { ...customer, phone } }),
    customerTimeZone: attendees[0]?.timeZone ?? null,
    additionalFields: booking.responses,
  };
  const actorOf = (address: string | null) => ({ type: actorTypeOf(address, business, attendees), actorId: address });
  return { members, people, actorOf };
}

export function personOf({ name, email, phoneNumber }: Booking['attendees'][number]) {
  return { name, email, phone: phoneNumber, externalId: null };
}

function addressesOf(people: readonly ({ readonly email: string | null } | null)[]): ReadonlySet<string> {
  return new Set(people.flatMap((person) => (person?.email ? [toAddress(person.email)] : [])));
}

/** Some versions list the hosts of a team's booking among its attendees. A host who books with themselves is a guest. */
function guestsAmong(attendees: Booking['attendees'], business: ReadonlySet<string>): Booking['attendees'] {
  const guests = attendees.filter(({ email }) => !email || !business.has(toAddress(email)));
  return guests.length > 0 ? guests : attendees;
}

/** Cal.com names the actor by an e-mail address, so the owner of the address decides the type. */
function actorTypeOf(named: string | null, business: ReadonlySet<string>, attendees: Booking['attendees']): ActorType {
  if (!named) return 'UNKNOWN';
  // Computed once, and not for each attendee.
  const address = toAddress(named);
  if (business.has(address)) return 'BUSINESS';
  return addressesOf(attendees).has(address) ? 'CUSTOMER' : 'UNKNOWN';
}

/** Values of `location` that name no place: an app for calls, or only the kind of place (`app-store/locations.ts`). */
const SORT =
  /^(?:integrations:[\w:-]{1,64}|attendeeInPerson|inPerson|phone|userPhone|link|conferencing|somewhereElse)$/;
const LINK = /^[a-z][a-z0-9+.-]*:\/\//i;

/** A link to a meeting lets in anybody who has it, so it is not used as the name of a place. */
function placeOf(location: string | null): { readonly name: string | null; readonly type: string | null } {
  if (!location || LINK.test(location)) return { name: null, type: null };
  return SORT.test(location) ? { name: null, type: location } : { name: location, type: null };
}

/** Currencies that Cal.com doesn't divide (`payments/currencyConversions.ts`). It counts all others in hundredths. */
const UNDIVIDED = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));

/** 0 may mean that the price is unknown. Each app for payments counts bitcoin in its own unit, so such a price is left out. */
function priceOf({ price, currency: name }: Booking): Money | null {
  const currency = name?.toUpperCase();
  if (!price || !currency || currency === 'BTC') return null;
  return { amount: UNDIVIDED.has(currency) ? String(price) : (price / 100).toFixed(2), currency };
}
