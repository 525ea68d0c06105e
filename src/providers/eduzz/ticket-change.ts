import { z } from 'zod';
import { type Said, said } from '../../declaration/event-type.ts';
import { TicketChange } from '../../types/ticket-change.ts';
import type { ticketChangeKind } from '../../types/ticket.ts';
import { event } from '../definition.ts';
import type { HmacKey } from '../hmac.ts';
import type { EduzzAbout } from './about.ts';
import { delivery, text } from './payload.ts';
import {
  type Participant,
  UNNAMED,
  blinketFields,
  formerTicketSubject,
  isNamed,
  participant,
  participantFields,
  purchase,
  toOccasion,
  toParticipant,
  toProducer,
} from './ticket.ts';
import { parseInstant } from '../instant.ts';
import { toPerson } from './people.ts';

const attendance = delivery(z.object({ ...blinketFields, ...purchase, participant }));

/** Whether there is a time decides what this event means. So a time in an unknown form still counts as one. */
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

/** In 2024 nothing told one printed ticket from another: https://github.com/eduzz/eduzz-webhook-docs/tree/main/events/blinket */
const printedIn2024 = delivery(
  z.object({
    ...blinketFields,
    ...purchase,
    participants: z.array(z.object({ ...participantFields, batchName: text })),
  }),
);

type TicketChangeKind = z.output<typeof ticketChangeKind>;
type Body = Omit<z.output<typeof attendance>['data'], 'participant'>;

/** The events of Blinket's participants, except the cancellation. */
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
    const former = first && !second && isNamed(first) ? formerTicketSubject(key, occasion.id, first) : null;
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
      { people, formerSubject: former },
    );
  };

  const checkedIn = event(checkIn, ({ data }, about: EduzzAbout) => {
    const { checkInAt } = data.participant;
    const participant = { ...data.participant, checkInAt: parseInstant(checkInAt ?? '') };
    return changed(checkInAt ? 'CHECKED_IN' : 'CHECK_IN_UNDONE', data, [participant], about);
  });

  return {
    'blinket.attendance_added': one('ADDED'),
    'blinket.attendance_assigned': one('ASSIGNED'),
    'blinket.attendance_edited': one('EDITED'),
    'blinket.attendance_tag_changed': one('TAGS_CHANGED'),
    'blinket.attendance_checkin': checkedIn,
    'blinket.checkin': checkedIn,
    'blinket.tag_changed': one('TAGS_CHANGED'),
    'blinket.attendances_printed': event(attendances, ({ data }, about: EduzzAbout) =>
      changed('PRINTED', data, data.participants, about),
    ),
    'blinket.attendance_printed': event(printedIn2024, ({ data }, about: EduzzAbout) => {
      const names = new Set(data.participants.map(({ batchName }) => batchName));
      const [name = null] = names.size === 1 ? names : [];
      const batch = data.batch ?? (name === null ? null : { contentId: null, name, price: null });
      return changed('PRINTED', { ...data, batch }, data.participants, about);
    }),
  };
}
