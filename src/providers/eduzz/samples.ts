import { hmacKey, hmacSha256 } from '../hmac.ts';
import type { Sample, SignedDelivery } from '../sample.ts';
import { courseSamples } from './course-samples.ts';
import { moneySamples } from './money-samples.ts';
import { price, producer, sent } from './sample-people.ts';

const occasion = { id: '5b0e7a44-31c9-4d0b-8f6e-70c2a9d415e3', name: 'Noite de Choro', type: 'online' };

const participant = {
  id: '8c9f21d6-4a57-4e08-b3d1-2f6b90c7e854',
  inviteKey: '04713322',
  name: 'Tereza Macedo',
  email: 'tereza@convidada.example',
  phone: '+5581900001234',
  status: 'paid',
  manuallyCreated: false,
  tags: [{ id: 'b1d6c7f0-9e24-4c3a-8a5f-61e0d2b4397c', title: 'front row', color: '#a03cff80' }],
  customFields: { instrument: 'cavaquinho', diet: '2' },
};
const attendee = {
  ...participant,
  document: { type: 'cpf', number: '00000000000' },
  assigned: true,
  checkInAt: null as string | null,
};
/** Payloads in the form in which Eduzz documents them: https://developers.eduzz.com/reference/webhook */
export const eduzzSamples: readonly Sample[] = [
  blinket('attendance_canceled', '1f0c5d2e7b6a4398a1c4e8f207d3b915', {
    participant: { ...participant, status: 'canceled' },
  }),
  {
    event: 'ping',
    payload: (fresh) => ({
      event: 'ping',
      data: { message: 'ping' },
      ...(fresh && { id: fresh.id, sentDate: fresh.at.toISOString() }),
    }),
  },
  blinket('attendance_added', '2a94e6b07c1d4f58b3e2d1f6a805c743', {
    ticket: { name: 'Balcony', isPaid: true },
    batch: { contentId: '880041', name: 'First batch', price },
    buyer: { id: '770055', name: participant.name, email: participant.email, phone: participant.phone },
    participant: attendee,
  }),
  blinket('attendance_assigned', '3d7b18c5e9f04a26a1c0b4d7e2f68950', { participant: attendee }),
  blinket('attendance_edited', '4e81a2d97c3b4f60b5d8e1a9f2c70364', { participant: attendee }),
  blinket('attendance_checkin', '5f92b3ea8d4c4071a6e9f2bac3d81475', {
    participant: { ...attendee, checkInAt: '2026-01-31T19:41:07.514Z' },
  }),
  blinket('attendance_tag_changed', '60a3c4fb9e5d4182b7fa03cbd4e92586', { participant: attendee }),
  blinket('attendances_printed', '71b4d50caf6e4293a80b14dce5fa3697', {
    participants: [attendee, { ...attendee, id: 'e0d1c2b3-a495-4687-97a8-b9cadbecfd0e', inviteKey: '04713323' }],
  }),
  blinket('ticket_edited', '82c5e61db07f43a4b91c25edf60b47a8', {
    tickets: [
      {
        name: 'Balcony',
        showOnEventPage: true,
        isPaid: true,
        isUnlimited: false,
        buyLimit: 4,
        buyMinimum: 1,
        batches: [
          {
            contentId: '880041',
            name: 'First batch',
            quantity: 120,
            startSalesAt: '2026-01-02T12:00:00.000Z',
            endSalesAt: '2026-01-20T12:00:00.000Z',
            price,
          },
        ],
      },
    ],
  }),
  ...moneySamples,
  ...courseSamples,
];

function blinket(name: string, id: string, data: Record<string, unknown>): Sample {
  const event = `blinket.${name}`;
  return {
    event,
    payload: (fresh) => ({
      id: fresh?.id ?? id,
      event,
      sentDate: sent(fresh),
      data: { producer, event: occasion, ...data, createdAt: sent(fresh) },
    }),
  };
}

/** Signs as Eduzz does: hex HMAC-SHA256 of the body, with the access key as text. */
export function signAsEduzz(payload: Record<string, unknown>, secret: string): SignedDelivery {
  const body = JSON.stringify(payload);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Eduzz Webhook',
      'x-signature': hmacSha256(hmacKey(secret), Buffer.from(body)).toString('hex'),
    },
  };
}
