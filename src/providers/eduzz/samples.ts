import { hmacKey, hmacSha256 } from '../hmac.ts';
import type { Sample, SignedDelivery } from '../sample.ts';

const producer = { id: '1234', name: 'João Silva', email: 'joaosilva@teste.com' };

/** Payloads as Eduzz documents them: https://developers.eduzz.com/reference/webhook/blinket-attendance-canceled */
export const eduzzSamples: readonly Sample[] = [
  {
    event: 'blinket.attendance_canceled',
    payload: (fresh) => ({
      id: fresh?.id ?? '6935513134164a7fac29eb686aec9da7',
      event: 'blinket.attendance_canceled',
      sentDate: fresh?.at.toISOString() ?? '2024-01-20T15:00:00.000Z',
      data: {
        producer,
        event: { id: '9b056848-beb0-44ff-9e76-d3ac131b6f50', name: 'Teste evento', type: 'online' },
        participant: {
          id: '1a31099e-6c47-40e9-8cf8-44fb05eeb4ee',
          inviteKey: '99999999',
          name: 'Maria Silva',
          email: 'mariasilva@test.com',
          phone: '+5599999999999',
          status: 'canceled',
          manuallyCreated: false,
          tags: [{ id: '9e221e57-fb80-4bd9-845e-2a9684a93d37', title: 'teste ', color: '#000dffb3' }],
          customFields: { company: 'Eduzz', occupation: '3', birthdate: '2025-07-09T03:00:00.000Z', jobTitle: '2' },
        },
        createdAt: fresh?.at.toISOString() ?? '2024-01-20T15:00:00.000Z',
      },
    }),
  },
  {
    event: 'ping',
    payload: (fresh) => ({
      event: 'ping',
      data: { message: 'ping' },
      ...(fresh && { id: fresh.id, sentDate: fresh.at.toISOString() }),
    }),
  },
];

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
