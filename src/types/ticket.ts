import { enumType, id, objectType, text } from '../declaration/fields.ts';
import { open, personal } from '../declaration/mark.ts';
import { money } from './money.ts';

/** What tickets are for: a concert, a course, a fair. */
export const occasion = objectType('Occasion', 'What a ticket is for.', {
  occasionId: id,
  name: open(text).nullable(),
  type: open(text).nullable().describe('Such as `online`.'),
});

export const producer = objectType('Producer', 'The seller of the tickets.', {
  producerId: id,
  name: text.nullable().describe('Personal.'),
  email: text.nullable().describe('Personal.'),
});

export const ticketTag = personal(
  objectType('TicketTag', 'A mark that the producer put on a participant. Personal, since its title is free text.', {
    tagId: id.nullable(),
    title: text.nullable(),
    color: text.nullable(),
  }),
);

export const purchasedBatch = objectType('PurchasedBatch', 'The batch of tickets that one was bought from.', {
  contentId: id.nullable(),
  name: open(text).nullable(),
  price: money.nullable(),
});

/** Everything that happens to a ticket except its cancellation. */
export const ticketChangeKind = enumType(
  'TicketChangeKind',
  ['ADDED', 'ASSIGNED', 'EDITED', 'CHECKED_IN', 'CHECK_IN_UNDONE', 'TAGS_CHANGED', 'PRINTED'],
  'What happened to a ticket.',
);
