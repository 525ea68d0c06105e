import type { NewEvent } from '../../events/event.ts';
import type { Instant } from '../../events/instant.ts';
import { parseInstant } from '../instant.ts';
import { type HmacKey, hmacSha256 } from '../hmac.ts';
import { type JsonObject, isObject, issuesOf } from '../payload.ts';
import type { Normalised, Verified } from '../provider.ts';
import { type AttendanceCanceled, attendanceCanceled, envelope } from './payload.ts';

/** Names that Eduzz writes without the application in front of them, now and then. */
const FULL_NAMES: Readonly<Record<string, string>> = { attendance_canceled: 'blinket.attendance_canceled' };

interface Place {
  readonly source: string;
  readonly receivedAt: number;
}

/**
 * From Eduzz's envelope to an event. Never by the ending of a name: `safevideo.upload_canceled` cancels nothing.
 *
 * @param key hides what a subject must not show. The newest of the source's secrets.
 */
export function normaliseEduzz(key: HmacKey, verified: Verified, place: Place): Normalised {
  const parsed = envelope.safeParse(verified.payload);
  if (!parsed.success) return { outcome: 'unfit', type: null, eventId: null, issues: issuesOf(parsed.error) };
  const type = Object.hasOwn(FULL_NAMES, parsed.data.event) ? FULL_NAMES[parsed.data.event]! : parsed.data.event;
  if (type === 'ping') return { outcome: 'pong' };

  const eventId = parsed.data.id ?? `derived:${verified.digest}`;
  if (type !== 'blinket.attendance_canceled') {
    return { outcome: 'event', event: otherEvent(verified, place, type, eventId) };
  }
  const payload = attendanceCanceled.safeParse(verified.payload);
  if (!payload.success) return { outcome: 'unfit', type, eventId, issues: issuesOf(payload.error) };
  return { outcome: 'event', event: ticketCancellation(payload.data, key, verified, place, type, eventId) };
}

function ticketCancellation(
  { sentDate, data }: AttendanceCanceled,
  key: HmacKey,
  verified: Verified,
  { source, receivedAt }: Place,
  type: string,
  eventId: string,
): NewEvent {
  const { producer, event, participant } = data;
  const createdAt = data.createdAt ?? null;
  const sentAt = sentDate ?? null;
  return {
    provider: 'eduzz',
    source,
    type,
    eventId,
    tenant: `eduzz:${producer.id}`,
    subject: `ticket/${participant.id ?? ticketWithoutId(key, event.id, participant.inviteKey)}`,
    // Eduzz says when it made the webhook and when it sent it, not when the ticket was cancelled.
    occurredAt: createdAt ?? sentAt ?? received(receivedAt),
    receivedAt,
    shape: 'TicketCancellation',
    kind: 'TICKET',
    data: {
      title: event.name,
      canceledBy: 'UNKNOWN',
      quantity: 1,
      status: participant.status,
      previousStatus: null,
      startsAt: null,
      endsAt: null,
      timeZone: null,
      refundExpected: null,
      producerId: producer.id,
      occasion: { id: event.id, name: event.name, type: event.type ?? null },
      participantId: participant.id ?? null,
      manuallyCreated: participant.manuallyCreated ?? null,
      createdAt,
      sentAt,
    },
    personal: {
      tenantName: producer.name,
      ticketNumber: participant.inviteKey,
      customer: {
        name: participant.name,
        email: participant.email,
        phone: participant.phone ?? null,
        externalId: participant.id ?? null,
      },
      canceledById: null,
      reason: null,
      producerEmail: producer.email,
      tags: (participant.tags ?? []).map((tag) => ({
        id: tag.id ?? null,
        title: tag.title ?? null,
        color: tag.color ?? null,
      })),
      customFields: participant.customFields ?? {},
    },
    raw: verified.text,
  };
}

function otherEvent(verified: Verified, { source, receivedAt }: Place, type: string, eventId: string): NewEvent {
  const data = isObject(verified.payload['data']) ? verified.payload['data'] : {};
  const producer = isObject(data['producer']) ? data['producer'] : {};
  // The name of a producer identifies a person, its id is the tenant; some events have only an e-mail address.
  const producerId = idText(producer['id']) ?? idText(data['producerId']) ?? 'unknown';
  return {
    provider: 'eduzz',
    source,
    type,
    eventId,
    tenant: `eduzz:${producerId}`,
    subject: null,
    occurredAt: firstInstant(data, verified.payload) ?? received(receivedAt),
    receivedAt,
    shape: 'OtherEvent',
    kind: null,
    data: {},
    personal: { tenantName: typeof producer['name'] === 'string' ? producer['name'] : null },
    raw: verified.text,
  };
}

/**
 * A ticket number lets its holder in and a subject is seen by everybody, so only a keyed hash stands there: of the plain
 * one all numbers of eight digits could be tried in minutes.
 */
function ticketWithoutId(key: HmacKey, eventId: string, inviteKey: string): string {
  const digest = hmacSha256(key, Buffer.from(`${eventId}:${inviteKey}`)).toString('hex');
  return `${eventId}:${digest.slice(0, 32)}`;
}

function firstInstant(data: JsonObject, payload: JsonObject): Instant | null {
  for (const text of [data['createdAt'], payload['sentDate'], data['sentDate']]) {
    const found = typeof text === 'string' ? parseInstant(text) : null;
    if (found) return found;
  }
  return null;
}

function received(receivedAt: number): Instant {
  return { at: receivedAt, text: new Date(receivedAt).toISOString() };
}

function idText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value.length > 0 && value.length <= 256 ? value : null;
}
