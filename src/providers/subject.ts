import type { Content } from '../events/event.ts';
import { type HmacKey, hmacOf } from './hmac.ts';

/**
 * What an event is about when its provider names no subject: the ticket, booking, order or subscription in its content. An
 * event without a subject can't be erased by one. Null where the content names none of them.
 *
 * @param key of the source's verifier, where it has one.
 */
export function subjectOf(content: Content, tenant: string, key: HmacKey | undefined): string | null {
  switch (content.shape) {
    case 'TicketCancellation': {
      const { occasion, participantId } = content.data;
      return named('ticket', participantId) ?? numbered(key, tenant, occasion?.id, content.personal.ticketNumber);
    }
    case 'TicketChange': {
      const { occasion, participants } = content.data;
      const [first, second] = participants;
      if (!first || second) return named('occasion', occasion?.id);
      const number = content.personal.participants[0]?.ticketNumber;
      return named('ticket', first.id) ?? numbered(key, tenant, occasion?.id, number);
    }
    case 'TicketEdit':
      return named('occasion', content.data.occasion.id);
    case 'BookingCancellation':
    case 'BookingChange':
      return named('booking', content.data.bookingId);
    case 'OrderCancellation':
      return named('order', content.data.orderId);
    case 'SubscriptionCancellation':
      return named('subscription', content.data.subscriptionId);
    case 'OtherEvent':
      return null;
  }
}

function named(kind: string, id: string | null | undefined): string | null {
  return id ? `${kind}/${id}` : null;
}

/**
 * A ticket's number lets its holder in, and a subject is seen by everybody. So the number is hashed with a secret: of a plain
 * hash, all numbers of eight digits could be tried in minutes. Half of the digest, so that it is no signature of anything.
 */
function numbered(
  key: HmacKey | undefined,
  tenant: string,
  occasionId: string | undefined,
  number: string | null | undefined,
): string | null {
  if (!key || !number) return null;
  const said = JSON.stringify([tenant, occasionId ?? null, number]);
  return `ticket/${hmacOf(key, Buffer.from(said)).toString('hex').slice(0, 32)}`;
}
