import { createHmac } from 'node:crypto';
import type { Sample } from '../../src/providers/sample.ts';
import { square } from '../../src/providers/square/square.ts';
import { describeProvider } from '../contract/provider.contract.ts';
import { PUBLIC_URL } from '../support/serve-provider.ts';

/** Those that sign the URL that they call. */

const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const URL_CALLED = `${PUBLIC_URL}/webhooks/it`;

const of = (samples: readonly Sample[]) => (event: string) => () =>
  samples.find((sample) => sample.event === event)!.payload();

const ofSquare = of(square({ secrets }).samples);

describeProvider({
  name: 'Square',
  provider: (given) => square({ secrets: given }),
  secrets,
  sign: (bytes, secret) => ({
    headers: {
      'content-type': 'application/json',
      'x-square-hmacsha256-signature': createHmac('sha256', secret).update(URL_CALLED).update(bytes).digest('base64'),
    },
    body: bytes as unknown as string,
  }),
  signatureHeader: 'x-square-hmacsha256-signature',
  timestamped: null,
  valid: { 'booking.updated': ofSquare('booking.updated'), 'payment.updated': ofSquare('payment.updated') },
  unknown: () => ({ ...ofSquare('payment.updated')(), type: 'loyalty.account.created' }),
  unfit: {
    payload: () => withBooking({ id: ['Paula'], status: 'ACCEPTED' }),
    path: 'data.object.booking.id',
  },
  decisive: [
    'data',
    'data.object',
    'data.object.booking',
    'data.object.booking.id',
    'data.object.booking.status',
    'data.object.payment',
    'data.object.payment.id',
    'data.object.payment.status',
    'type',
  ],
  personal: ['Paula', 'paula@coro.example', 'CUSTOMERHOOKCAST', 'Rua da Aurora'],
});

function withBooking(booking: object) {
  return { ...ofSquare('booking.updated')(), data: { type: 'booking', object: { booking } } };
}
