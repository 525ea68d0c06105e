import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import type { Sample, SignedDelivery } from '../sample.ts';
import { BOOKING } from './payload.ts';

const INSTANCE = '5e0f6a34-93c7-4d1b-8a52-0d7c1be94f26';
const BOOKED = 'c8b1f7d2-4a60-4e39-9d15-72f3a06be841';
const customer = { identityType: 'MEMBER', memberId: '91d40c7a-6b2e-4f83-a1c9-35e8d7f0264b' };
const owner = { identityType: 'WIX_USER', wixUserId: '2f7be618-d05c-4a97-b3e4-8c1960fa7d53' };
const notification = { notifyParticipants: true, metadata: { channels: 'EMAIL, SMS' } };

const slot = {
  eventId: '7a3cd905-1e84-4b6f-92d0-c5f8e1b7a640',
  serviceId: 'e4906b1d-57c2-4f38-8a7e-139dbf20c6a5',
  scheduleId: '0b85f3e7-c91a-4d62-b4f0-6e27a8d1935c',
  startDate: '2026-03-11T09:00:00.000+00:00',
  endDate: '2026-03-11T10:30:00.000+00:00',
  timezone: 'Europe/Lisbon',
  resource: {
    id: 'f1d62a80-3be7-4c95-a8d4-570e9c13b2f6',
    name: 'Teresa Ficção',
    email: 'teresa@atelie.example',
    scheduleId: '83c0e5b9-f274-4a1d-9e68-d2b71f4c0a35',
  },
  location: {
    id: '64f9a1c3-08de-47b5-b2c6-e93d05f781ab',
    name: 'Ateliê',
    formattedAddress: 'Rua Imaginada 7, Lisboa',
    locationType: 'OWNER_BUSINESS',
  },
};

/** The one booking of all samples. Each sample has another state of it, so that they can be sent in any order. */
function booking(revision: number, status: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: BOOKED,
    bookedEntity: { slot, title: 'Aula de cerâmica', tags: ['INDIVIDUAL'] },
    contactDetails: {
      contactId: 'd7203e5f-8c41-4b9a-a6d8-0f95b3c1e274',
      firstName: 'Bruno',
      lastName: 'Inventado',
      email: 'bruno@inventado.example',
      phone: '+351000000000',
      countryCode: 'PT',
    },
    status,
    paymentStatus: status === 'CREATED' ? 'NOT_PAID' : 'PAID',
    selectedPaymentOption: 'ONLINE',
    createdDate: '2026-02-20T08:15:00.120Z',
    updatedDate: `2026-03-0${revision}T14:30:00.450Z`,
    startDate: '2026-03-11T09:00:00Z',
    endDate: '2026-03-11T10:30:00Z',
    revision: String(revision),
    createdBy: customer,
    totalParticipants: revision < 4 ? 2 : 3,
    formId: '00000000-0000-0000-0000-000000000000',
    ...more,
  };
}

/**
 * Samples in the form of Wix Bookings V2, of invented people. The cancellation is first, since `send` sends the first sample by default.
 */
export const wixSamples: readonly Sample[] = [
  acted('canceled', booking(7, 'CANCELED'), {
    participantNotification: { ...notification, message: 'Fiquei doente' },
    flowControlSettings: { ignoreCancellationPolicy: false, withRefund: true, waiveCancellationFee: true },
    initiatedBy: customer,
    previousStatus: 'CONFIRMED',
  }),
  sample('created', { createdEvent: { entity: booking(1, 'CREATED') } }, customer),
  acted('markedAsPending', booking(2, 'PENDING'), {
    participantNotification: notification,
    initiatedBy: customer,
    previousStatus: 'CREATED',
    previousPaymentStatus: 'NOT_PAID',
  }),
  acted('confirmed', booking(3, 'CONFIRMED'), {
    participantNotification: notification,
    sendSmsReminder: true,
    initiatedBy: owner,
    previousStatus: 'PENDING',
    previousPaymentStatus: 'PAID',
  }),
  acted('number_of_participants_updated', booking(4, 'CONFIRMED'), {
    previousTotalParticipants: 2,
    initiatedBy: customer,
  }),
  acted('rescheduled', booking(5, 'CONFIRMED'), {
    participantNotification: notification,
    flowControlSettings: { ignoreReschedulePolicy: false },
    initiatedBy: owner,
    previousStatus: 'CONFIRMED',
    previousBookedEntity: {
      slot: { ...slot, startDate: '2026-03-10T10:00:00', endDate: '2026-03-10T11:30:00' },
      title: 'Aula de cerâmica',
      tags: ['INDIVIDUAL'],
    },
    previousStartDate: '2026-03-10T10:00:00Z',
    previousEndDate: '2026-03-10T11:30:00Z',
    previousTotalParticipants: 3,
  }),
  sample(
    'updated',
    { updatedEvent: { currentEntity: booking(6, 'CONFIRMED'), modifiedFields: { extendedFields: null } } },
    owner,
  ),
  acted('declined', booking(3, 'DECLINED', { id: 'b6e19d04-2c7f-4853-9a0e-f48d6c1b7352' }), {
    participantNotification: { ...notification, message: 'Sem vaga nesse dia' },
    flowControlSettings: { withRefund: true },
    doubleBooked: true,
    initiatedBy: owner,
    previousStatus: 'PENDING',
    previousPaymentStatus: 'PAID',
  }),
];

function acted(slug: string, booking: Record<string, unknown>, more: Record<string, unknown>): Sample {
  return sample(slug, { actionEvent: { body: { booking, ...more } } }, more['initiatedBy'], booking['id']);
}

/** A sample in Wix's form: each level is text inside the level around it. */
function sample(slug: string, detail: Record<string, unknown>, identity: unknown, entityId: unknown = BOOKED): Sample {
  return {
    event: `${BOOKING}_${slug}`,
    payload: (fresh) => ({
      eventType: `${BOOKING}_${slug}`,
      instanceId: INSTANCE,
      identity: JSON.stringify(identity),
      data: JSON.stringify({
        id: fresh?.id ?? '1f8c53d6-9b07-42ea-8d61-e07a4c2b95f3',
        entityFqdn: BOOKING,
        slug,
        entityId,
        ...detail,
        eventTime: fresh?.at.toISOString() ?? '2026-03-07T14:30:00.512874Z',
        triggeredByAnonymizeRequest: false,
      }),
    }),
  };
}

/** Signs as Wix does: the body is the token, and its `data` claim is JSON as text. It expires after 300,000 seconds. */
export async function signAsWix(
  payload: Record<string, unknown>,
  privateKey: KeyObject,
  at: Date = new Date(),
): Promise<SignedDelivery> {
  const issued = Math.floor(at.getTime() / 1000);
  const body = await new SignJWT({ data: JSON.stringify(payload) })
    .setProtectedHeader({ alg: 'RS256', kid: 'sample' })
    .setIssuedAt(issued)
    .setExpirationTime(issued + 300_000)
    .sign(privateKey);
  return { body, headers: { 'content-type': 'text/plain' } };
}
