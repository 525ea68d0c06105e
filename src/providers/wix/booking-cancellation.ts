import { type Said, said } from '../../declaration/event-type.ts';
import { type WixAbout, versionOf } from './about.ts';
import { actorOf, firstKnown } from './actor.ts';
import { bookingMembers, instant, zoneOf } from './booking.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import type { BookingCanceled } from './payload.ts';

export function bookingCancellation(event: BookingCanceled, { subject, triggeredBy, accountInfo }: WixAbout): Said {
  const { booking, participantNotification, flowControlSettings, initiatedBy, previousStatus } = event.actionEvent.body;
  return said(
    BookingCancellation,
    {
      ...bookingMembers(booking, event, accountInfo, participantNotification),
      canceledBy: firstKnown(actorOf(initiatedBy), triggeredBy),
      reason: participantNotification?.message ?? null,
      previousStatus: previousStatus ?? null,
      refundExpected: flowControlSettings?.withRefund ?? null,
      ignoreCancellationPolicy: flowControlSettings?.ignoreCancellationPolicy ?? null,
      waiveCancellationFee: flowControlSettings?.waiveCancellationFee ?? null,
    },
    {
      subject,
      // Null if Wix doesn't say when. Then the time of the event is used.
      occurredAt: instant(booking.canceledDate, zoneOf(booking.bookedEntity)),
      version: versionOf(event.entityEventSequence, booking.revision),
    },
  );
}
