import type { BookingCancellation, BookingSchedule, BookingSlot } from '../../events/booking-cancellation.ts';
import type { Instant } from '../../events/instant.ts';
import { parseInstant } from '../instant.ts';
import { type ActorId, actorOf } from './actor.ts';
import type { Booking, BookingCanceled } from './payload.ts';

/** @param triggeredBy who set the event off according to the token: the answer when the event itself doesn't say. */
export function bookingCancellation(event: BookingCanceled, triggeredBy: ActorId | null): BookingCancellation {
  const { booking, participantNotification, flowControlSettings, initiatedBy, previousStatus } = event.actionEvent.body;
  const { bookedEntity, contactDetails } = booking;
  const zone = bookedEntity.slot?.timezone ?? bookedEntity.schedule?.timezone ?? null;
  const canceledBy = initiatedBy ? actorOf(initiatedBy) : (triggeredBy ?? actorOf({}));
  const createdBy = actorOf(booking.createdBy ?? {});
  const name = [contactDetails?.firstName, contactDetails?.lastName].filter(Boolean).join(' ');
  return {
    shape: 'BookingCancellation',
    kind: 'BOOKING',
    data: {
      title: bookedEntity.title ?? null,
      canceledBy: canceledBy.type,
      quantity: participants(booking),
      status: booking.status,
      previousStatus: previousStatus ?? null,
      startsAt: instant(booking.startDate, zone),
      endsAt: instant(booking.endDate, zone),
      timeZone: zone,
      refundExpected: flowControlSettings?.withRefund ?? null,
      bookingId: booking.id,
      slot: bookedEntity.slot ? slot(bookedEntity.slot) : null,
      schedule: bookedEntity.schedule ? schedule(bookedEntity.schedule) : null,
      tags: bookedEntity.tags ?? [],
      paymentStatus: booking.paymentStatus ?? null,
      selectedPaymentOption: booking.selectedPaymentOption ?? null,
      createdAt: instant(booking.createdDate, zone),
      updatedAt: instant(booking.updatedDate, zone),
      createdBy: createdBy.type,
      revision: booking.revision ?? null,
      entityEventSequence: event.entityEventSequence ?? null,
      notifyParticipants: participantNotification?.notifyParticipants ?? null,
      ignoreCancellationPolicy: flowControlSettings?.ignoreCancellationPolicy ?? null,
      waiveCancellationFee: flowControlSettings?.waiveCancellationFee ?? null,
      originatedFrom: event.originatedFrom ?? null,
      anonymized: event.triggeredByAnonymizeRequest === true,
    },
    personal: {
      tenantName: null,
      customer: {
        name: name === '' ? null : name,
        email: contactDetails?.email ?? null,
        phone: contactDetails?.phone ?? null,
        externalId: contactDetails?.contactId ?? null,
      },
      canceledById: canceledBy.id,
      reason: participantNotification?.message ?? null,
      createdById: createdBy.id,
      customerAddress: contactDetails?.fullAddress ?? null,
      countryCode: contactDetails?.countryCode ?? null,
      staffName: bookedEntity.slot?.resource?.name ?? null,
      staffEmail: bookedEntity.slot?.resource?.email ?? null,
      locationName: bookedEntity.slot?.location?.name ?? null,
      locationAddress: bookedEntity.slot?.location?.formattedAddress ?? null,
      participantsChoices: booking.participantsChoices ?? null,
      additionalFields: booking.additionalFields ?? null,
      extendedFields: booking.extendedFields ?? null,
    },
  };
}

function participants(booking: Booking): number | null {
  const choices = booking.participantsChoices?.serviceChoices;
  const chosen = choices?.reduce((sum, choice) => sum + (choice.numberOfParticipants ?? 0), 0);
  return booking.totalParticipants ?? booking.numberOfParticipants ?? chosen ?? null;
}

function slot(slot: NonNullable<Booking['bookedEntity']['slot']>): BookingSlot {
  const zone = slot.timezone ?? null;
  return {
    sessionId: slot.sessionId ?? null,
    eventId: slot.eventId ?? null,
    serviceId: slot.serviceId ?? null,
    scheduleId: slot.scheduleId ?? null,
    startsAt: instant(slot.startDate, zone),
    endsAt: instant(slot.endDate, zone),
    timeZone: zone,
    resourceId: slot.resource?.id ?? null,
    resourceScheduleId: slot.resource?.scheduleId ?? null,
    locationId: slot.location?.id ?? null,
    locationType: slot.location?.locationType ?? null,
  };
}

function schedule(schedule: NonNullable<Booking['bookedEntity']['schedule']>): BookingSchedule {
  const zone = schedule.timezone ?? null;
  return {
    scheduleId: schedule.scheduleId ?? null,
    serviceId: schedule.serviceId ?? null,
    firstSessionStart: instant(schedule.firstSessionStart, zone),
    lastSessionEnd: instant(schedule.lastSessionEnd, zone),
    timeZone: zone,
  };
}

/** Wix may leave the zone out of a time; it is then the place's own. */
function instant(text: string | null | undefined, zone: string | null): Instant | null {
  return text ? parseInstant(text, zone ?? 'UTC') : null;
}
