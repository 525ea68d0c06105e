import type { z } from 'zod';
import { type Said, said } from '../../declaration/event-type.ts';
import { type WixAbout, versionOf } from './about.ts';
import { type Actor, actorOf, firstKnown } from './actor.ts';
import {
  type BesideBooking,
  addOnsOf,
  bookingMembers,
  instant,
  quantityOf,
  scheduleOf,
  slotOf,
  zoneOf,
} from './booking.ts';
import { BookingChange, type bookingChangeKind } from '../../types/booking-change.ts';
import type { Booking, BookingAction, bookingActed, bookingCreated, bookingUpdated } from './payload.ts';

type ChangeKind = z.output<typeof bookingChangeKind>;

/** If the event names no actor, it is the person who made the booking. */
export function created(event: z.output<typeof bookingCreated>, about: WixAbout): Said {
  const { entity } = event.createdEvent;
  return change('CREATED', entity, event, about, firstKnown(about.triggeredBy, actorOf(entity.createdBy)));
}

export function updated(event: z.output<typeof bookingUpdated>, about: WixAbout): Said {
  const { currentEntity, modifiedFields } = event.updatedEvent;
  const names = Array.isArray(modifiedFields) ? modifiedFields : Object.keys(modifiedFields ?? {});
  const fields = names.filter((name) => typeof name === 'string');
  return change('UPDATED', currentEntity, event, about, about.triggeredBy, {}, fields);
}

/** An action on a booking. The event has the action beside the booking and names the actor. */
export function acted(what: ChangeKind): (event: z.output<typeof bookingActed>, about: WixAbout) => Said {
  return (event, about) => {
    const { body } = event.actionEvent;
    return change(what, body.booking, event, about, firstKnown(actorOf(body.initiatedBy), about.triggeredBy), body);
  };
}

function change(
  what: ChangeKind,
  booking: Booking,
  event: BesideBooking,
  { subject, accountInfo }: WixAbout,
  initiatedBy: Actor,
  action: Partial<BookingAction> = {},
  modifiedFields: readonly string[] = [],
): Said {
  const { participantNotification, previousBookedEntity, flowControlSettings } = action;
  const left = bookingMembers(booking, event, accountInfo, participantNotification);
  const previousZone = zoneOf(previousBookedEntity) ?? left.timeZone;
  return said(
    BookingChange,
    {
      ...left,
      bookingChange: what,
      doubleBooked: action.doubleBooked ?? left.doubleBooked,
      initiatedBy,
      previousStatus: action.previousStatus ?? null,
      previousPaymentStatus: action.previousPaymentStatus ?? null,
      previousStartsAt: instant(action.previousStartDate, previousZone),
      previousEndsAt: instant(action.previousEndDate, previousZone),
      previousSlot: slotOf(previousBookedEntity),
      previousSchedule: scheduleOf(previousBookedEntity),
      previousQuantity: quantityOf(action.previousTotalParticipants, action.previousParticipantsChoices),
      previousAddOns: addOnsOf(action.previousBookedAddOns),
      previousParticipantsChoices: action.previousParticipantsChoices,
      modifiedFields,
      message: participantNotification?.message ?? null,
      refundExpected: flowControlSettings?.withRefund ?? null,
      sendSmsReminder: action.sendSmsReminder ?? null,
      ignoreReschedulePolicy: flowControlSettings?.ignoreReschedulePolicy ?? null,
    },
    { subject, version: versionOf(event.entityEventSequence, booking.revision) },
  );
}
