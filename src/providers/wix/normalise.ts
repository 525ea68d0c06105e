import type { Envelope, NewEvent } from '../../events/event.ts';
import type { Instant } from '../../events/instant.ts';
import { parseInstant } from '../instant.ts';
import { issuesOf } from '../payload.ts';
import type { Normalised, Verified } from '../provider.ts';
import { actorOf } from './actor.ts';
import { bookingCancellation } from './booking-cancellation.ts';
import { actor, bookingCanceled, claims, domainEvent } from './payload.ts';

interface Place {
  readonly source: string;
  readonly receivedAt: number;
}

/** @param instanceIds the installations to listen to; all of them when there is no list. */
export function normaliseWix(
  instanceIds: ReadonlySet<string> | null,
  verified: Verified,
  { source, receivedAt }: Place,
): Normalised {
  const outer = claims.safeParse(verified.payload);
  if (!outer.success) return { outcome: 'unfit', type: null, eventId: null, issues: issuesOf(outer.error) };
  const { eventType: type, instanceId, data, identity } = outer.data.data;
  // One key signs for every installation of the app, so this is the border between tenants.
  if (instanceIds && !instanceIds.has(instanceId)) {
    return { outcome: 'ignored', reason: 'the instance is not in WIX_INSTANCE_IDS' };
  }

  const inner = domainEvent.safeParse(data);
  if (!inner.success) {
    return { outcome: 'unfit', type, eventId: null, issues: issuesOf(inner.error, ['data', 'data']) };
  }
  const eventId = inner.data.id ?? `derived:${verified.digest}`;
  const anonymized = inner.data.triggeredByAnonymizeRequest === true;
  const envelope = { provider: 'wix', source, type, eventId, tenant: `wix:${instanceId}`, receivedAt };
  const raw = anonymized ? null : verified.text;
  if (type !== 'wix.bookings.v2.booking_canceled') {
    const { entityFqdn, entityId, eventTime } = inner.data;
    const event: NewEvent = {
      ...envelope,
      subject: entityFqdn && entityId ? `${entityFqdn.split('.').at(-1)}/${entityId}` : null,
      occurredAt: (typeof eventTime === 'string' ? parseInstant(eventTime) : null) ?? received(receivedAt),
      shape: 'OtherEvent',
      kind: null,
      data: {},
      personal: anonymized ? null : { tenantName: null },
      raw,
    };
    return { outcome: 'event', event, erases: anonymized };
  }

  const payload = bookingCanceled.safeParse(data);
  if (!payload.success) {
    return { outcome: 'unfit', type, eventId, issues: issuesOf(payload.error, ['data', 'data']) };
  }
  const triggeredBy = actor.safeParse(identity);
  const cancellation = bookingCancellation(payload.data, triggeredBy.success ? actorOf(triggeredBy.data) : null);
  const booking = payload.data.actionEvent.body.booking;
  const occurredAt =
    (booking.canceledDate ? parseInstant(booking.canceledDate) : null) ??
    parseInstant(payload.data.eventTime) ??
    received(receivedAt);
  const common: Envelope = { ...envelope, subject: `booking/${payload.data.entityId}`, occurredAt };
  return {
    outcome: 'event',
    event: { ...common, ...cancellation, personal: anonymized ? null : cancellation.personal, raw },
    erases: anonymized,
  };
}

function received(receivedAt: number): Instant {
  return { at: receivedAt, text: new Date(receivedAt).toISOString() };
}
