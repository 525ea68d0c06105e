import type { Instant } from '../../events/instant.ts';
import { parseInstant } from '../instant.ts';
import type { WixAbout } from './about.ts';
import { actorOf } from './actor.ts';
import type { AddOns, BookedEntity, Booking, Notification, ParticipantsChoices, Schedule, Slot } from './payload.ts';

/** What an event says beside its booking. */
export interface BesideBooking {
  readonly originatedFrom?: string | null | undefined;
  readonly entityEventSequence?: string | null | undefined;
  readonly triggeredByAnonymizeRequest?: boolean | null | undefined;
}

type Optional<T> = T | null | undefined;

/** The booking's members, in the state after the event. */
export function bookingMembers(
  booking: Booking,
  event: BesideBooking,
  accountInfo: WixAbout['accountInfo'],
  notification?: Notification,
) {
  const { bookedEntity, contactDetails, multiServiceBookingInfo: multiService } = booking;
  const zone = zoneOf(bookedEntity);
  const name = [contactDetails?.firstName, contactDetails?.lastName].filter(Boolean).join(' ');
  return {
    bookingId: booking.id,
    title: bookedEntity?.title ?? null,
    customer: {
      name: name === '' ? null : name,
      email: contactDetails?.email ?? null,
      phone: contactDetails?.phone ?? null,
      externalId: contactDetails?.contactId ?? null,
    },
    quantity: quantityOf(booking.totalParticipants ?? booking.numberOfParticipants, booking.participantsChoices),
    status: booking.status,
    startsAt: instant(booking.startDate, zone),
    endsAt: instant(booking.endDate, zone),
    timeZone: zone,
    slot: slotOf(bookedEntity),
    schedule: scheduleOf(bookedEntity),
    // Wix counts participants without naming seats, names no series, and has the prices in its orders.
    seatId: null,
    seatsPerSlot: null,
    series: null,
    tags: present(bookedEntity?.tags),
    price: null,
    paymentStatus: booking.paymentStatus ?? null,
    selectedPaymentOption: booking.selectedPaymentOption ?? null,
    depositSelected: booking.depositSelected ?? null,
    createdAt: instant(booking.createdDate, zone),
    updatedAt: instant(booking.updatedDate, zone),
    createdBy: actorOf(booking.createdBy),
    revision: booking.revision ?? null,
    entityEventSequence: event.entityEventSequence ?? null,
    doubleBooked: booking.doubleBooked ?? null,
    multiService: multiService && { multiServiceId: multiService.id ?? null, type: multiService.type ?? null },
    addOns: addOnsOf(booking.bookedAddOns),
    formId: booking.formId ?? null,
    formSubmissionId: booking.formSubmissionId ?? null,
    appId: booking.appId ?? null,
    createdByAppId: booking.createdByAppId ?? null,
    externalUserId: booking.externalUserId ?? null,
    notifyParticipants: notification?.notifyParticipants ?? null,
    notificationChannels: channelsOf(notification),
    notificationMetadata: notification?.metadata,
    accountInfo,
    anonymized: event.triggeredByAnonymizeRequest === true,
    customerAddress: contactDetails?.fullAddress,
    customerCountryCode: contactDetails?.countryCode ?? null,
    customerTimeZone: contactDetails?.timeZone ?? null,
    participantsChoices: booking.participantsChoices,
    resourceSelections: bookedEntity?.slot?.resourceSelections,
    originatedFrom: event.originatedFrom ?? null,
    additionalFields: booking.additionalFields,
    extendedFields: booking.extendedFields,
  };
}

/** The time zone of times that name none: that of the place. */
export function zoneOf(booked: Optional<BookedEntity>): string | null {
  return booked?.slot?.timezone ?? booked?.schedule?.timezone ?? null;
}

export function slotOf(booked: Optional<BookedEntity>) {
  const slot: Optional<Slot> = booked?.slot;
  if (!slot) return null;
  const zone = slot.timezone ?? null;
  const { resource } = slot;
  return {
    sessionId: slot.sessionId ?? null,
    eventId: slot.eventId ?? null,
    serviceId: slot.serviceId ?? null,
    scheduleId: slot.scheduleId ?? null,
    startsAt: instant(slot.startDate, zone),
    endsAt: instant(slot.endDate, zone),
    timeZone: zone,
    allDay: slot.allDay ?? null,
    durationUnit: slot.durationUnitType ?? null,
    durationCount: slot.durationUnitCount ?? null,
    staff: {
      staffId: resource?.id ?? null,
      typeId: resource?.type ?? null,
      scheduleId: resource?.scheduleId ?? null,
      name: resource?.name ?? null,
      email: resource?.email ?? null,
    },
    location: locationOf(slot.location),
  };
}

export function scheduleOf(booked: Optional<BookedEntity>) {
  const schedule: Optional<Schedule> = booked?.schedule;
  if (!schedule) return null;
  const zone = schedule.timezone ?? null;
  return {
    scheduleId: schedule.scheduleId ?? null,
    serviceId: schedule.serviceId ?? null,
    firstSessionStart: instant(schedule.firstSessionStart, zone),
    lastSessionEnd: instant(schedule.lastSessionEnd, zone),
    timeZone: zone,
    location: locationOf(schedule.location),
  };
}

function locationOf(location: Slot['location']) {
  return {
    locationId: location?.id ?? null,
    type: location?.locationType ?? null,
    name: location?.name ?? null,
    address: location?.formattedAddress ?? location?.formattedAddressTranslated ?? null,
  };
}

/** The number of participants: one total, or the sum of the choices. */
export function quantityOf(total: Optional<number>, choices: Optional<ParticipantsChoices>): number | null {
  if (total !== null && total !== undefined) return total;
  const counts = present(present(choices?.serviceChoices).map((choice) => choice.numberOfParticipants));
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

export function addOnsOf(addOns: Optional<AddOns>) {
  return present(addOns).map(({ id, groupId, name, nameTranslated, quantity, durationInMinutes }) => ({
    addOnId: id ?? null,
    groupId: groupId ?? null,
    name: name ?? nameTranslated ?? null,
    quantity: quantity ?? null,
    durationInMinutes: durationInMinutes ?? null,
  }));
}

/** Null if the text is missing or is not a time. */
export function instant(text: Optional<string>, zone: string | null): Instant | null {
  return text ? parseInstant(text, zone ?? 'UTC') : null;
}

/** Wix writes the channels as one text, `EMAIL, SMS`. Only names in this form are kept, since they can't be personal. */
function channelsOf(notification: Optional<Notification>): string[] {
  const channels = notification?.metadata?.['channels'];
  if (typeof channels !== 'string') return [];
  return channels
    .split(',')
    .map((channel) => channel.trim())
    .filter((channel) => /^[A-Z_]{1,32}$/.test(channel));
}

function present<T>(list: Optional<readonly T[]>): NonNullable<T>[] {
  return (list ?? []).filter((member): member is NonNullable<T> => member !== null && member !== undefined);
}
