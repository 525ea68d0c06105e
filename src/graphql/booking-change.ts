import { BOOKING_CHANGES } from '../events/booking-change.ts';
import { placed } from './booking-slot.ts';
import type { BookingTypes } from './booking.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import { wholeNumber } from './whole-number.ts';

/** `BookingChange`: whatever happens to a booking of Wix Bookings other than its cancellation. */
export function addBookingChange(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Actor }: CancellationTypes,
  { BookingEvent, Slot, Schedule, AddOn }: BookingTypes,
): void {
  const Kind = builder.enumType('BookingChangeKind', { values: BOOKING_CHANGES });

  builder.objectRef<Of<'BookingChange'>>('BookingChange').implement({
    description:
      'A booking was made, or changed and not cancelled: the other events of Wix Bookings. A declined booking is here too: ' +
      'it never came about. What was before is null where the event doesn’t say it.',
    interfaces: [builder.nodeInterfaceRef(), BookingEvent, Event],
    fields: (t) => ({
      bookingChange: t.field({ type: Kind, resolve: ({ data }) => data.change }),
      initiatedBy: t.field({
        type: Actor,
        resolve: ({ data, personal }) => ({ type: data.initiatedBy, id: personal?.initiatedById ?? null }),
      }),
      message: t.string({
        nullable: true,
        description: 'What the participants are told. Personal.',
        resolve: ({ personal }) => personal?.message,
      }),
      previousPaymentStatus: t.string({ nullable: true, resolve: ({ data }) => data.previousPaymentStatus }),
      previousStartsAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.previousStartsAt }),
      previousEndsAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.previousEndsAt }),
      previousSlot: t.field({
        type: Slot,
        nullable: true,
        resolve: ({ data, personal }) => placed(data.previousSlot, personal?.previousPlace),
      }),
      previousSchedule: t.field({
        type: Schedule,
        nullable: true,
        resolve: ({ data, personal }) => placed(data.previousSchedule, personal?.previousPlace),
      }),
      previousQuantity: t.field({
        type: 'BigInt',
        nullable: true,
        resolve: ({ data }) => wholeNumber(data.previousQuantity),
      }),
      previousParticipantsChoices: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.previousParticipantsChoices,
      }),
      previousAddOns: t.field({ type: [AddOn], resolve: ({ data }) => [...data.previousAddOns] }),
      modifiedFields: t.stringList({
        description: 'What was changed, by its names only. Of `UPDATED`.',
        resolve: ({ data }) => [...data.modifiedFields],
      }),
      sendSmsReminder: t.boolean({ nullable: true, resolve: ({ data }) => data.sendSmsReminder }),
      ignoreReschedulePolicy: t.boolean({
        nullable: true,
        description: 'Whether it was rescheduled even where the policy forbids it.',
        resolve: ({ data }) => data.ignoreReschedulePolicy,
      }),
    }),
  });
}
