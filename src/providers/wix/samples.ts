import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Sample, SignedDelivery } from '../sample.ts';

const INSTANCE = 'a0d0f0c2-3f0b-4f57-9f0c-6f1d7c1b2e3d';
const member = { identityType: 'UNKNOWN', memberId: 'ce6a0249-aad3-4460-96a7-c38873e54ea8' };

/** Payloads as Wix documents them: Bookings V2, "Booking Canceled". */
export const wixSamples: readonly Sample[] = [
  {
    event: 'wix.bookings.v2.booking_canceled',
    payload: (fresh) => ({
      eventType: 'wix.bookings.v2.booking_canceled',
      instanceId: INSTANCE,
      identity: JSON.stringify({ identityType: 'MEMBER', memberId: member.memberId }),
      data: JSON.stringify({
        id: fresh?.id ?? '43d78076-b7ad-4953-87ca-56fa7bd4f4a7',
        entityFqdn: 'wix.bookings.v2.booking',
        slug: 'canceled',
        entityId: '4d5088e6-7cd4-40cf-8009-92ad4532965e',
        actionEvent: {
          body: {
            booking: bookingOfJohn,
            participantNotification: { notifyParticipants: true },
            flowControlSettings: { ignoreCancellationPolicy: false, withRefund: true },
            initiatedBy: member,
            previousStatus: 'CONFIRMED',
          },
        },
        eventTime: fresh?.at.toISOString() ?? '2023-05-16T15:13:32.617855Z',
        triggeredByAnonymizeRequest: false,
      }),
    }),
  },
];

const bookingOfJohn = {
  id: '4d5088e6-7cd4-40cf-8009-92ad4532965e',
  bookedEntity: {
    slot: {
      sessionId: '2mmoW0vwKcSFyxtOfCdKEIyLg0bUqDxC7n556fhwxXMJ2KYUozYnDSwEopLO4whwsCwU8S02FuOjsF9t4Xuud1pGGwLmQMZoWAP7',
      eventId: '65a5776e-37f1-45f7-8e4c-f22d01b23254',
      serviceId: '9bf5cd2d-32fa-4ee7-952c-5e4b6de14714',
      scheduleId: '5c32d307-1e48-489d-899e-bcfc92c9ffec',
      startDate: '2023-05-21T09:00:00.000+01:00',
      endDate: '2023-05-21T10:00:00.000+01:00',
      timezone: 'Europe/Dublin',
      resource: {
        id: '5fa50f19-4c94-4c42-a72b-289505ba2028',
        name: 'Tom Jones',
        email: 'tom@example.com',
        scheduleId: 'a4166c1f-728c-4895-8a6e-1942bb321315',
      },
      location: {
        id: '9de094d5-8985-484e-9218-d020d9d17953',
        name: 'Location Name',
        formattedAddress: 'Location Address',
        locationType: 'OWNER_BUSINESS',
      },
    },
    title: 'In-person Appointment',
    tags: ['INDIVIDUAL'],
  },
  contactDetails: {
    contactId: 'aec9b576-5798-4f6d-bd93-d317418dc03d',
    firstName: 'John',
    lastName: 'Johnny',
    email: 'john@example.com',
  },
  additionalFields: [],
  numberOfParticipants: 1,
  status: 'CANCELED',
  paymentStatus: 'PAID',
  selectedPaymentOption: 'MEMBERSHIP',
  createdDate: '2023-05-14T13:08:50.773Z',
  revision: '6',
  createdBy: member,
  startDate: '2023-05-21T08:00:00Z',
  endDate: '2023-05-21T09:00:00Z',
  updatedDate: '2023-05-16T15:13:32.520Z',
  totalParticipants: 1,
};

/** Signs as Wix does: the body is the token, its `data` claim JSON as text. It expires after 300,000 seconds. */
export async function signAsWix(payload: Record<string, unknown>, privateKey: KeyObject): Promise<SignedDelivery> {
  const body = await new SignJWT({ data: JSON.stringify(payload) })
    .setProtectedHeader({ alg: 'RS256', kid: 'sample' })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + 300_000)
    .sign(privateKey);
  return { body, headers: { 'content-type': 'text/plain' } };
}
