import type { z } from 'zod';
import type { BookingChanged } from '../../events/booking-change.ts';
import type { Said } from '../define-provider.ts';
import { type WixAbout, versionOf } from './about.ts';
import { type ActorId, actorOf, firstKnown } from './actor.ts';
import {
  type BesideBooking,
  addOnsOf,
  bookingData,
  bookingPersonal,
  instant,
  placeOf,
  quantityOf,
  scheduleOf,
  slotOf,
  zoneOf,
} from './booking.ts';
import type { Booking, BookingAction, bookingActed, bookingCreated, bookingUpdated } from './payload.ts';

/** Whoever made it is named in the booking as well. */
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

/** What was done to a booking: the event holds it beside the booking, and says who did it. */
export function acted(what: BookingChanged): (event: z.output<typeof bookingActed>, about: WixAbout) => Said {
  return (event, about) => {
    const { body } = event.actionEvent;
    return change(what, body.booking, event, about, firstKnown(actorOf(body.initiatedBy), about.triggeredBy), body);
  };
}

function change(
  what: BookingChanged,
  booking: Booking,
  event: BesideBooking,
  { subject, accountInfo }: WixAbout,
  initiatedBy: ActorId,
  action: Partial<BookingAction> = {},
  modifiedFields: readonly string[] = [],
): Said {
  const { participantNotification, previousBookedEntity, flowControlSettings } = action;
  const data = bookingData(booking, event, accountInfo, participantNotification);
  const personal = bookingPersonal(booking, event, participantNotification);
  const previousZone = zoneOf(previousBookedEntity) ?? data.timeZone;
  return {
    shape: 'BookingChange',
    kind: null,
    subject: subject ?? `booking/${booking.id}`,
    version: versionOf(event.entityEventSequence, booking.revision),
    people: [personal.customer],
    data: {
      ...data,
      change: what,
      doubleBooked: action.doubleBooked ?? data.doubleBooked,
      initiatedBy: initiatedBy.type,
      previousStatus: action.previousStatus ?? null,
      previousPaymentStatus: action.previousPaymentStatus ?? null,
      previousStartsAt: instant(action.previousStartDate, previousZone),
      previousEndsAt: instant(action.previousEndDate, previousZone),
      previousSlot: slotOf(previousBookedEntity),
      previousSchedule: scheduleOf(previousBookedEntity),
      previousQuantity: quantityOf(action.previousTotalParticipants, action.previousParticipantsChoices),
      previousAddOns: addOnsOf(action.previousBookedAddOns),
      modifiedFields,
      refundExpected: flowControlSettings?.withRefund ?? null,
      sendSmsReminder: action.sendSmsReminder ?? null,
      ignoreReschedulePolicy: flowControlSettings?.ignoreReschedulePolicy ?? null,
    },
    personal: {
      ...personal,
      tenantName: null,
      initiatedById: initiatedBy.id,
      message: participantNotification?.message ?? null,
      previousPlace: previousBookedEntity ? placeOf(previousBookedEntity) : null,
      previousParticipantsChoices: action.previousParticipantsChoices ?? null,
    },
  };
}
