import { z } from 'zod';
import { id, instant, objectType, orBlank, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';

const staff = orBlank(
  objectType('BookingStaff', 'A member of the staff, a room or a device that the service needs.', {
    staffId: id.nullable(),
    typeId: id.nullable().describe('The provider’s id of the kind of resource, such as staff or a room.'),
    scheduleId: id.nullable(),
    name: text.nullable().describe('Personal.'),
    email: text.nullable().describe('Personal.'),
  }),
);

const location = orBlank(
  objectType('BookingLocation', 'Where it takes place. This may be the customer’s own address.', {
    locationId: id.nullable(),
    type: open(text)
      .nullable()
      .describe('`OWNER_BUSINESS`, `OWNER_CUSTOM`, `CUSTOM`; for Cal.com, an app for calls: `integrations:daily`.'),
    name: text.nullable().describe('Personal.'),
    address: text.nullable().describe('Personal.'),
  }),
);

/** The booked slot of an appointment or a class. */
export const bookingSlot = objectType('BookingSlot', 'The appointment or the session of a class that was booked.', {
  sessionId: id.nullable(),
  eventId: id.nullable(),
  serviceId: id.nullable(),
  scheduleId: id.nullable(),
  startsAt: instant.nullable(),
  endsAt: instant.nullable(),
  timeZone: open(text)
    .nullable()
    .describe('The time zone that the customer saw. Times without an offset are in this zone.'),
  allDay: z.boolean().nullable(),
  durationUnit: open(text)
    .nullable()
    .describe('`HOUR` or `DAY`, if the customer chooses how long to book the service.'),
  durationCount: whole.nullable().describe('In minutes if the unit is `HOUR`, in days if it is `DAY`.'),
  staff,
  location,
});

export const bookingSchedule = objectType('BookingSchedule', 'The course that was booked.', {
  scheduleId: id.nullable(),
  serviceId: id.nullable(),
  firstSessionStart: instant.nullable(),
  lastSessionEnd: instant.nullable(),
  timeZone: open(text).nullable(),
  location,
});

export const bookedAddOn = objectType(
  'BookedAddOn',
  'An extra that was booked with the service. It has a quantity or a duration.',
  {
    addOnId: id.nullable(),
    groupId: id.nullable(),
    name: open(text).nullable(),
    quantity: whole.nullable(),
    durationInMinutes: whole.nullable(),
  },
);
