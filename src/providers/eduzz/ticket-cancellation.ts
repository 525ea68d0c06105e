import { z } from 'zod';
import { event } from '../define-provider.ts';
import type { HmacKey } from '../hmac.ts';
import type { EduzzAbout } from './about.ts';
import { delivery } from './payload.ts';
import { toPerson } from './people.ts';
import { blinketFields, formerTicketSubject, participant, purchase, toHolder } from './ticket.ts';

const attendanceCanceled = delivery(z.object({ ...blinketFields, ...purchase, participant }));

/** `blinket.attendance_canceled`. It says neither when, nor by whom, nor why. */
export function ticketCancellation(key: HmacKey) {
  return event(
    attendanceCanceled,
    ({ data: { producer, event: occasion, participant, ticket, batch, buyer, createdAt } }, about: EduzzAbout) => {
      const { person, ...holder } = toHolder(participant);
      return {
        shape: 'TicketCancellation',
        kind: 'TICKET',
        formerSubject: formerTicketSubject(key, occasion.id, participant),
        people: about.people,
        data: {
          title: occasion.name,
          canceledBy: 'UNKNOWN',
          quantity: 1,
          status: participant.status,
          previousStatus: null,
          startsAt: null,
          endsAt: null,
          timeZone: null,
          refundExpected: null,
          producerId: producer.id,
          occasion,
          ticketName: ticket?.name ?? null,
          isPaid: ticket?.isPaid ?? null,
          batch,
          participantId: participant.id ?? null,
          manuallyCreated: participant.manuallyCreated,
          createdAt,
          sentAt: about.sentAt,
        },
        personal: {
          tenantName: producer.name,
          customer: person,
          canceledById: null,
          canceledByName: null,
          reason: null,
          producerEmail: producer.email,
          buyer: buyer ? toPerson(buyer) : null,
          ...holder,
        },
      };
    },
  );
}
