import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { TicketCancellation } from '../../types/ticket-cancellation.ts';
import { event } from '../definition.ts';
import type { HmacKey } from '../hmac.ts';
import type { EduzzAbout } from './about.ts';
import { delivery } from './payload.ts';
import { blinketFields, formerTicketSubject, participant, toOccasion, toParticipant, toProducer } from './ticket.ts';

const attendanceCanceled = delivery(z.object({ ...blinketFields, participant }));

/** `blinket.attendance_canceled`. It says neither when, nor by whom, nor why. */
export function ticketCancellation(key: HmacKey) {
  return event(
    attendanceCanceled,
    ({ data: { producer, event: occasion, participant, createdAt } }, { people, sentAt }: EduzzAbout) => {
      const { person, ticketNumber, tags, customFields, participantId, status, manuallyCreated } =
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
          participantId,
          manuallyCreated,
          ticketTags: tags,
          customFields,
          createdAt,
          sentAt,
        },
        { people, formerSubject: formerTicketSubject(key, occasion.id, participant) },
      );
    },
  );
}
