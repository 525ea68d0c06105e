import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { TicketCancellation } from '../../types/ticket-cancellation.ts';
import { event } from '../definition.ts';
import type { HmacKey } from '../hmac.ts';
import type { EduzzAbout } from './about.ts';
import { delivery } from './payload.ts';
import { toPerson } from './people.ts';
import {
  blinketFields,
  formerTicketSubject,
  participant,
  purchase,
  toOccasion,
  toParticipant,
  toProducer,
} from './ticket.ts';

const attendanceCanceled = delivery(z.object({ ...blinketFields, ...purchase, participant }));

/** `blinket.attendance_canceled`. The event doesn't say when, by whom or why. */
export function ticketCancellation(key: HmacKey) {
  return event(
    attendanceCanceled,
    ({ data: { producer, event: occasion, participant, ticket, batch, buyer, createdAt } }, about: EduzzAbout) => {
      const { person, ticketNumber, tags, customFields, status, participantId, manuallyCreated } =
        toParticipant(participant);
      return said(
        TicketCancellation,
        {
          title: occasion.name,
          reference: ticketNumber,
          customer: person,
          quantity: 1,
          status,
          producer: toProducer(producer),
          occasion: toOccasion(occasion),
          ticketName: ticket?.name ?? null,
          isPaid: ticket?.isPaid ?? null,
          batch,
          buyer: buyer ? toPerson(buyer) : null,
          participantId,
          manuallyCreated,
          ticketTags: tags,
          customFields,
          createdAt,
          sentAt: about.sentAt,
        },
        { people: about.people, formerSubject: formerTicketSubject(key, occasion.id, participant) },
      );
    },
  );
}
