import type { Content } from '../events/event.ts';

/** Hashes with a secret what tells one ticket from others: its occasion's id, if there is one, and its number. */
export type HashTicket = (number: readonly [occasionId: string | null, number: string]) => string;

/**
 * What an event is about when its provider names no subject: the ticket, booking, order or subscription in its content. An
 * event without a subject can't be erased by one. Null where the content names none of them.
 *
 * @param hashed a ticket's number lets its holder in, and a subject is seen by everybody.
 */
export function subjectOf(content: Content, hashed: HashTicket): string | null {
  switch (content.shape) {
    case 'TicketCancellation': {
      const { occasion, participantId } = content.data;
      return named('ticket', participantId) ?? numbered(hashed, occasion?.id, content.personal.ticketNumber);
    }
    case 'TicketChange': {
      const { occasion, participants } = content.data;
      const [first, second] = participants;
      if (!first || second) return named('occasion', occasion?.id);
      const number = content.personal.participants[0]?.ticketNumber;
      return named('ticket', first.id) ?? numbered(hashed, occasion?.id, number);
    }
    case 'TicketEdit':
      return named('occasion', content.data.occasion.id);
    case 'BookingCancellation':
    case 'BookingChange':
      return named('booking', content.data.bookingId);
    case 'OrderCancellation':
      return named('order', content.data.orderId);
    case 'SubscriptionCancellation':
    case 'SubscriptionChange':
      return named('subscription', content.data.subscriptionId);
    case 'OtherEvent':
      return null;
  }
}

function named(kind: string, id: string | null | undefined): string | null {
  return id ? `${kind}/${id}` : null;
}

function numbered(
  hashed: HashTicket,
  occasionId: string | undefined,
  number: string | null | undefined,
): string | null {
  return number ? `ticket/${hashed([occasionId ?? null, number])}` : null;
}
