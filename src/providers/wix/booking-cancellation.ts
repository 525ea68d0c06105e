import type { Said } from '../define-provider.ts';
import { type WixAbout, versionOf } from './about.ts';
import { actorOf, firstKnown } from './actor.ts';
import { bookingData, bookingPersonal, instant, zoneOf } from './booking.ts';
import type { BookingCanceled } from './payload.ts';

export function bookingCancellation(event: BookingCanceled, { subject, triggeredBy, accountInfo }: WixAbout): Said {
  const { booking, participantNotification, flowControlSettings, initiatedBy, previousStatus } = event.actionEvent.body;
  const canceledBy = firstKnown(actorOf(initiatedBy), triggeredBy);
  const personal = bookingPersonal(booking, event, participantNotification);
  return {
    shape: 'BookingCancellation',
    kind: 'BOOKING',
    subject: subject ?? `booking/${booking.id}`,
    // Absent where Wix doesn't say when: the time of the event then stands for it.
    occurredAt: instant(booking.canceledDate, zoneOf(booking.bookedEntity)),
    version: versionOf(event.entityEventSequence, booking.revision),
    people: [personal.customer],
    data: {
      ...bookingData(booking, event, accountInfo, participantNotification),
      canceledBy: canceledBy.type,
      previousStatus: previousStatus ?? null,
      refundExpected: flowControlSettings?.withRefund ?? null,
      ignoreCancellationPolicy: flowControlSettings?.ignoreCancellationPolicy ?? null,
      waiveCancellationFee: flowControlSettings?.waiveCancellationFee ?? null,
    },
    personal: {
      ...personal,
      tenantName: null,
      canceledById: canceledBy.id,
      canceledByName: null,
      reason: participantNotification?.message ?? null,
    },
  };
}
