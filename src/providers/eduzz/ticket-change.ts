import { z } from 'zod';
import { type Said, said } from '../../declaration/event-type.ts';
import { event } from '../definition.ts';
import { TicketChange } from '../../types/ticket-change.ts';
import type { ticketChangeKind } from '../../types/ticket.ts';
import type { HmacKey } from '../hmac.ts';
import type { EduzzAbout } from './about.ts';
import { secondary } from '../fields.ts';
import { customer, delivery, flag, money, secondaryId, text } from './payload.ts';
import {
  type Participant,
  UNNAMED,
  blinketFields,
  formerTicketSubject,
  isNamed,
  participant,
  participantFields,
  toOccasion,
  toParticipant,
  toProducer,
} from './ticket.ts';
import { parseInstant } from '../instant.ts';
import { toPerson } from './people.ts';

/** What only some of the events say: of the purchase, where the participant was added by one. */
const purchase = {
  ticket: secondary(z.object({ name: text, isPaid: flag })),
  batch: secondary(z.object({ contentId: secondaryId, name: text, price: money })),
  buyer: customer,
};

const attendance = delivery(z.object({ ...blinketFields, ...purchase, participant }));

/** Here it decides what the event means whether there is a time, so one in another form is still a time. */
const checkIn = delivery(
  z.object({
    ...blinketFields,
    ...purchase,
    participant: z
      .object({ ...participantFields, checkInAt: z.union([z.string(), z.number().transform(String)]).nullish() })
      .refine(isNamed, UNNAMED),
  }),
);

const attendances = delivery(z.object({ ...blinketFields, ...purchase, participants: z.array(participant) }));

type TicketChangeKind = z.output<typeof ticketChangeKind>;
type Body = Omit<z.output<typeof attendance>['data'], 'participant'>;

/** The events of Blinket's participants, but for a cancellation. */
export function ticketChanges(key: HmacKey) {
  const one = (change: TicketChangeKind) =>
    event(attendance, ({ data }, about: EduzzAbout) => changed(change, data, [data.participant], about));

  const changed = (
    change: TicketChangeKind,
    data: Body,
    participants: Participant[],
    { people, sentAt }: EduzzAbout,
  ): Said => {
    const { producer, event: occasion, ticket, batch, buyer, createdAt } = data;
    const [first, second] = participants;
    return said(
      TicketChange,
      {
        ticketChange: change,
        producer: toProducer(producer),
        occasion: toOccasion(occasion),
        ticketName: ticket?.name ?? null,
        isPaid: ticket?.isPaid ?? null,
        batch,
        buyer: buyer ? toPerson(buyer) : null,
        participants: participants.map(toParticipant),
        createdAt,
        sentAt,
      },
      { people, formerSubject: first && !second ? formerTicketSubject(key, occasion.id, first) : null },
    );
  };

  return {
    'blinket.attendance_added': one('ADDED'),
    'blinket.attendance_assigned': one('ASSIGNED'),
    'blinket.attendance_edited': one('EDITED'),
    'blinket.attendance_tag_changed': one('TAGS_CHANGED'),
    'blinket.attendance_checkin': event(checkIn, ({ data }, about: EduzzAbout) => {
      const { checkInAt } = data.participant;
      const participant = { ...data.participant, checkInAt: parseInstant(checkInAt ?? '') };
      return changed(checkInAt ? 'CHECKED_IN' : 'CHECK_IN_UNDONE', data, [participant], about);
    }),
    'blinket.attendances_printed': event(attendances, ({ data }, about: EduzzAbout) =>
      changed('PRINTED', data, data.participants, about),
    ),
  };
}
