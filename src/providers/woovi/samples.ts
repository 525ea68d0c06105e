import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const wooviSamples: readonly Sample[] = [
  sample('OPENPIX:TRANSACTION_REFUND_RECEIVED', 'COMPLETED', (time) => ({
    pix: { value: 100, time, status: 'CONFIRMED' },
  })),
  sample('OPENPIX:CHARGE_COMPLETED', 'COMPLETED', (time) => ({ pix: { value: 151, time, status: 'CONFIRMED' } })),
  sample('OPENPIX:CHARGE_CREATED', 'ACTIVE', () => ({})),
  sample('OPENPIX:CHARGE_EXPIRED', 'EXPIRED', () => ({})),
];

function sample(event: string, status: string, more: (time: string) => Payload): Sample {
  return {
    event,
    payload: (fresh) => ({
      event,
      charge: {
        customer: {
          name: 'Paula Reis',
          email: 'paula@coro.example',
          phone: '+5511900000000',
          taxID: { taxID: '00000000000', type: 'BR:CPF' },
          correlationID: 'customer-of-hookcast',
        },
        value: 151,
        comment: 'Aula da Paula',
        identifier: 'c37368e176894eea9b35hookcast0001',
        correlationID: fresh?.id ?? '5e1f0740-4a18-4030-a5a7-hookcast0001',
        transactionID: 'c37368e176894eea9b35hookcast0001',
        status,
        createdAt: '2026-04-01T13:57:26.300Z',
        updatedAt: '2026-04-01T14:02:59.159Z',
        expiresIn: 2_591_999,
      },
      ...more((fresh?.at ?? new Date(1_775_200_000_000)).toISOString()),
      company: { id: '000000000000000hookcast1', name: 'Coral Imaginário', taxID: '00000000000000' },
    }),
  };
}
