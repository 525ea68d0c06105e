import type { BookingPlace, BookingSchedule, BookingSlot } from '../events/booking.ts';
import type { Builder } from './builder.ts';
import type { EventTypes } from './event.ts';
import { wholeNumber } from './whole-number.ts';

/** A slot or schedule, with what is personal in it. Null where that was withheld or erased. */
export interface Placed<T> {
  readonly booked: T;
  readonly place: BookingPlace | null;
}

export function placed<T>(booked: T | null, place: BookingPlace | null | undefined): Placed<T> | null {
  return booked && { booked, place: place ?? null };
}

/** What was booked: the slot of an appointment or class, or the schedule of a course. */
export function addBookingSlot(builder: Builder, ProviderTime: EventTypes['ProviderTime']) {
  const Staff = builder.objectRef<Placed<BookingSlot>>('BookingStaff').implement({
    description: 'Who or what gives the service: somebody of the staff, or a room or a device.',
    fields: (t) => ({
      staffId: t.id({ nullable: true, resolve: ({ booked }) => booked.resourceId }),
      typeId: t.id({
        nullable: true,
        description: 'Says whether it is staff, a room …, by an id of the provider.',
        resolve: ({ booked }) => booked.resourceTypeId,
      }),
      scheduleId: t.id({ nullable: true, resolve: ({ booked }) => booked.resourceScheduleId }),
      name: t.string({ nullable: true, description: 'Personal.', resolve: ({ place }) => place?.staffName }),
      email: t.string({ nullable: true, description: 'Personal.', resolve: ({ place }) => place?.staffEmail }),
    }),
  });

  const Location = builder.objectRef<Placed<BookingSlot | BookingSchedule>>('BookingLocation').implement({
    description: 'Where it takes place, which may be at the customer’s.',
    fields: (t) => ({
      locationId: t.id({ nullable: true, resolve: ({ booked }) => booked.locationId }),
      type: t.string({
        nullable: true,
        description: '`OWNER_BUSINESS`, `OWNER_CUSTOM`, `CUSTOM`; of Cal.com, an app for calls: `integrations:daily`.',
        resolve: ({ booked }) => booked.locationType,
      }),
      name: t.string({ nullable: true, description: 'Personal.', resolve: ({ place }) => place?.locationName }),
      address: t.string({ nullable: true, description: 'Personal.', resolve: ({ place }) => place?.locationAddress }),
    }),
  });

  const Slot = builder.objectRef<Placed<BookingSlot>>('BookingSlot').implement({
    description: 'The appointment or the session of a class that was booked.',
    fields: (t) => ({
      sessionId: t.id({ nullable: true, resolve: ({ booked }) => booked.sessionId }),
      eventId: t.id({ nullable: true, resolve: ({ booked }) => booked.eventId }),
      serviceId: t.id({ nullable: true, resolve: ({ booked }) => booked.serviceId }),
      scheduleId: t.id({ nullable: true, resolve: ({ booked }) => booked.scheduleId }),
      startsAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ booked }) => booked.startsAt }),
      endsAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ booked }) => booked.endsAt }),
      timeZone: t.string({
        nullable: true,
        description: 'In which the customer saw it, and in which its times are when they name no zone.',
        resolve: ({ booked }) => booked.timeZone,
      }),
      allDay: t.boolean({ nullable: true, resolve: ({ booked }) => booked.allDay }),
      durationUnit: t.string({
        nullable: true,
        description: '`HOUR` or `DAY`, where the service is booked for as long as one likes.',
        resolve: ({ booked }) => booked.durationUnit,
      }),
      durationCount: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'Minutes where the unit is `HOUR`, days where it is `DAY`.',
        resolve: ({ booked }) => wholeNumber(booked.durationCount),
      }),
      staff: t.field({ type: Staff, resolve: (slot) => slot }),
      location: t.field({ type: Location, resolve: (slot) => slot }),
    }),
  });

  const Schedule = builder.objectRef<Placed<BookingSchedule>>('BookingSchedule').implement({
    description: 'The course that was booked.',
    fields: (t) => ({
      scheduleId: t.id({ nullable: true, resolve: ({ booked }) => booked.scheduleId }),
      serviceId: t.id({ nullable: true, resolve: ({ booked }) => booked.serviceId }),
      firstSessionStart: t.field({
        type: ProviderTime,
        nullable: true,
        resolve: ({ booked }) => booked.firstSessionStart,
      }),
      lastSessionEnd: t.field({ type: ProviderTime, nullable: true, resolve: ({ booked }) => booked.lastSessionEnd }),
      timeZone: t.string({ nullable: true, resolve: ({ booked }) => booked.timeZone }),
      location: t.field({ type: Location, resolve: (schedule) => schedule }),
    }),
  });

  return { Slot, Schedule };
}
