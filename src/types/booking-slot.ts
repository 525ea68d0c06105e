import { z } from 'zod';
import { id, instant, objectType, orBlank, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';

const staff = orBlank(
  objectType('BookingStaff', 'Who or what gives the service: somebody of the staff, or a room or a device.', {
    staffId: id.nullable(),
    typeId: id.nullable().describe('Says whether it is staff, a room …, by an id of the provider.'),
    scheduleId: id.nullable(),
    name: text.nullable().describe('Personal.'),
    email: text.nullable().describe('Personal.'),
  }),
);

const location = orBlank(
  objectType('BookingLocation', 'Where it takes place, which may be at the customer’s.', {
    locationId: id.nullable(),
    type: open(text)
      .nullable()
      .describe('`OWNER_BUSINESS`, `OWNER_CUSTOM`, `CUSTOM`; of Cal.com, an app for calls: `integrations:daily`.'),
    name: text.nullable().describe('Personal.'),
    address: text.nullable().describe('Personal.'),
  }),
);

/** What was booked of appointments and classes. */
export const bookingSlot = objectType('BookingSlot', 'The appointment or the session of a class that was booked.', {
  sessionId: id.nullable(),
  eventId: id.nullable(),
  serviceId: id.nullable(),
  scheduleId: id.nullable(),
  startsAt: instant.nullable(),
  endsAt: instant.nullable(),
  timeZone: open(text)
    .nullable()
    .describe('In which the customer saw it, and in which its times are when they name no zone.'),
  allDay: z.boolean().nullable(),
  durationUnit: open(text)
    .nullable()
    .describe('`HOUR` or `DAY`, where the service is booked for as long as one likes.'),
  durationCount: whole.nullable().describe('Minutes where the unit is `HOUR`, days where it is `DAY`.'),
  staff,
  location,
});

/** What was booked of courses. */
export const bookingSchedule = objectType('BookingSchedule', 'The course that was booked.', {
  scheduleId: id.nullable(),
  serviceId: id.nullable(),
  firstSessionStart: instant.nullable(),
  lastSessionEnd: instant.nullable(),
  timeZone: open(text).nullable(),
  location,
});

/** What was booked with a service. */
export const bookedAddOn = objectType(
  'BookedAddOn',
  'Something that was booked with the service. It has a quantity or a duration.',
  {
    addOnId: id.nullable(),
    groupId: id.nullable(),
    name: open(text).nullable(),
    quantity: whole.nullable(),
    durationInMinutes: whole.nullable(),
  },
);
