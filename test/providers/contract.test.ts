import { createHmac, generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';
import { said } from '../../src/declaration/event-type.ts';
import { TicketCancellation } from '../../src/types/ticket-cancellation.ts';
import { event } from '../../src/providers/definition.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import type { SignedDelivery } from '../../src/providers/sample.ts';
import { standardWebhooks } from '../../src/providers/standard-webhooks/standard-webhooks.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { wix } from '../../src/providers/wix/wix.ts';
import { describeProvider } from '../contract/provider.contract.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import {
  CALENDLY_PEOPLE,
  CAL_COM_PEOPLE,
  SEAT_PEOPLE,
  STRIPE_PEOPLE,
  calComCancelled,
  calComMoved,
  calendlyCanceled,
  calendlyCreated,
  seatCancelled,
  stripeDeleted,
  stripeUpdated,
} from '../fixtures/providers.ts';
import { seatCancelled as seatSchema, theatre } from '../fixtures/theatre.ts';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';

type Signer = (bytes: Buffer, secret: string, at: Date) => SignedDelivery;

const plain =
  (header: string, prefix = ''): Signer =>
  (body, secret) =>
    signedWith(body, header, prefix + createHmac('sha256', secret).update(body).digest('hex'));

const timestamped =
  (header: string): Signer =>
  (body, secret, at) => {
    const t = Math.floor(at.getTime() / 1000);
    return signedWith(
      body,
      header,
      `t=${t},v1=${createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex')}`,
    );
  };

function signedWith(body: Buffer, header: string, signature: string): SignedDelivery {
  return { body: body as unknown as string, headers: { 'content-type': 'application/json', [header]: signature } };
}

describeProvider({
  name: 'Eduzz',
  provider: (secrets) => eduzz({ secrets }),
  secrets: ['edzwgd_one-of-the-suite', 'edzwgd_two-of-the-suite', 'edzwgd_three-of-the-suite'],
  sign: plain('x-signature'),
  signatureHeader: 'x-signature',
  timestamped: null,
  valid: { 'blinket.attendance_canceled': () => attendanceCanceled({ id: 'ticket-of-the-suite' }) },
  unknown: () => eduzzEvent('nutror.lesson_sung', { learner: { name: 'Iara Fictícia' } }),
  unfit: {
    payload: () => attendanceCanceled({ id: 'odd', participant: { id: ['Iara Fictícia'] } }),
    path: 'data.participant.id',
  },
  decisive: [
    'data',
    'data.event',
    'data.event.id',
    'data.participant',
    'data.participant.id',
    'data.producer',
    'data.producer.id',
    'event',
    'id',
  ],
  personal: ['Iara', 'iara@ficticia.example', 'Rosa', 'rosa@produtora.example', '+5511900000000', '00412233', 'Recife'],
});

const wixKeys = new Map(
  ['one', 'two', 'three'].map((name) => [name, generateKeyPairSync('rsa', { modulusLength: 2048 })]),
);

describeProvider({
  name: 'Wix',
  provider: (secrets) =>
    wix({
      publicKeys: Array.isArray(secrets) ? secrets.map((name) => wixKeys.get(name)?.publicKey ?? name) : secrets,
      instanceIds: null,
      appId: null,
    }),
  secrets: ['one', 'two', 'three'],
  sign: async (bytes, secret) => ({
    headers: { 'content-type': 'text/plain' },
    body: await new CompactSign(bytes).setProtectedHeader({ alg: 'RS256' }).sign(wixKeys.get(secret)!.privateKey),
  }),
  document: (payload, at) => {
    const iat = Math.floor(at.getTime() / 1000);
    return { data: JSON.stringify(payload), iat, exp: iat + 300_000 };
  },
  signatureHeader: null,
  timestamped: null,
  valid: {
    'wix.bookings.v2.booking_canceled': () =>
      wixClaims(bookingCanceledEvent({ id: 'booking-event-1' }), { nested: 'object' }),
  },
  unknown: () =>
    wixClaims(
      { id: 'contact-event-1', entityId: 'k1' },
      { eventType: 'wix.contacts.v4.contact_created', nested: 'object' },
    ),
  unfit: {
    payload: () =>
      wixClaims(bookingCanceledEvent({ id: 'odd', booking: { status: { of: 'Ana' } } }), { nested: 'object' }),
    path: 'data.data.actionEvent.body.booking.status',
  },
  decisive: [
    'data',
    'data.actionEvent',
    'data.actionEvent.body',
    'data.actionEvent.body.booking',
    'data.actionEvent.body.booking.id',
    'data.actionEvent.body.booking.status',
    'data.entityId',
    'data.id',
    'eventType',
    'instanceId',
  ],
  personal: [
    'Ana',
    'Imaginaria',
    'ana@imaginaria.example',
    '+34600000000',
    'Nuria',
    'nuria@inventada.example',
    'Calle Falsa',
    'No puedo ir',
    'contact-1',
  ],
});

describeProvider({
  name: 'Cal.com',
  provider: (secrets) => calCom({ secrets }),
  secrets: ['one secret of a form', 'two secrets of a form', 'three secrets of a form'],
  sign: plain('x-cal-signature-256'),
  signatureHeader: 'x-cal-signature-256',
  timestamped: null,
  valid: {
    BOOKING_CANCELLED: () => calComCancelled(),
    BOOKING_RESCHEDULED: () => calComMoved(),
  },
  unknown: () => ({ ...calComCancelled(), triggerEvent: 'BOOKING_PAYMENT_INITIATED' }),
  unfit: { payload: () => calComCancelled({ uid: null }), path: 'payload.uid' },
  decisive: ['payload', 'payload.requestReschedule', 'payload.uid', 'triggerEvent'],
  personal: CAL_COM_PEOPLE,
  keepsAnyText: true,
});

describeProvider({
  name: 'Calendly',
  provider: (secrets) => calendly({ secrets }),
  secrets: ['one key of the suite', 'two keys of the suite', 'three keys of the suite'],
  sign: timestamped('calendly-webhook-signature'),
  signatureHeader: 'calendly-webhook-signature',
  timestamped: { past: 180, future: 180 },
  valid: {
    'invitee.canceled': () => calendlyCanceled(),
    'invitee.created': () => calendlyCreated(),
    'invitee_no_show.created': () => calendlyCreated({}, 'invitee_no_show.created'),
  },
  unknown: () => calendlyCanceled({}, { event: 'invitee.waved' }),
  unfit: { payload: () => calendlyCanceled({ rescheduled: 'Mona' }), path: 'payload.rescheduled' },
  decisive: ['event', 'payload', 'payload.rescheduled', 'payload.uri'],
  personal: CALENDLY_PEOPLE,
  dropsTooLarge: true,
});

describeProvider({
  name: 'Stripe',
  provider: (secrets) => stripe({ secrets }),
  secrets: ['whsec_one-of-the-suite-', 'whsec_two-of-the-suite-', 'whsec_three-of-the-suite'],
  sign: timestamped('stripe-signature'),
  signatureHeader: 'stripe-signature',
  timestamped: { past: 300, future: null },
  valid: {
    'customer.subscription.deleted': () => stripeDeleted(),
    'customer.subscription.updated': () => stripeUpdated(),
  },
  unknown: () => stripeDeleted({}, { id: 'evt_2Invented', type: 'customer.subscription.paused' }),
  unfit: { payload: () => stripeDeleted({ id: ['Olga'] }), path: 'data.object.id' },
  decisive: [
    'data',
    'data.object',
    'data.object.cancel_at',
    'data.object.cancel_at_period_end',
    'data.object.id',
    'data.previous_attributes',
    'data.previous_attributes.cancel_at',
    'id',
    'type',
  ],
  personal: STRIPE_PEOPLE,
});

/** The id of an event of Standard Webhooks is not in its body, so there is one event of each type. */
const idOf = (body: Buffer) => (body.includes('seat.sold') ? 'msg_sold' : 'msg_cancelled');

describeProvider({
  name: 'Standard Webhooks',
  provider: (secrets) =>
    standardWebhooks({
      secrets,
      events: {
        'seat.cancelled': event(seatSchema, ({ data }) =>
          said(TicketCancellation, {
            reference: data.seat,
            title: data.show,
            reason: data.note,
            customer: data.guest ?? {},
          }),
        ),
      },
    }),
  secrets: ['one', 'two', 'three'].map((text) => `whsec_${Buffer.from(text.repeat(8)).toString('base64')}`) as [
    string,
    string,
    string,
  ],
  sign: (body, secret, at) => {
    const [id, t] = [idOf(body), String(Math.floor(at.getTime() / 1000))];
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${t}.`).update(body).digest('base64');
    return {
      body: body as unknown as string,
      headers: { 'webhook-id': id, 'webhook-timestamp': t, 'webhook-signature': `v1,${signature}` },
    };
  },
  signatureHeader: 'webhook-signature',
  timestamped: { past: 300, future: 300 },
  valid: { 'seat.cancelled': () => seatCancelled() },
  unknown: () => ({ ...seatCancelled(), type: 'seat.sold' }),
  unfit: { payload: () => seatCancelled({ seat: ['Pia'] }), path: 'data.seat' },
  decisive: ['data', 'data.seat', 'type'],
  personal: SEAT_PEOPLE,
});

describeProvider({
  name: 'a provider of the user’s own',
  provider: (secrets) => theatre({ secrets }),
  secrets: ['the first', 'the second', 'the third'],
  sign: plain('x-theatre-signature', 'sha256='),
  signatureHeader: 'x-theatre-signature',
  timestamped: null,
  valid: { 'seat.cancelled': () => ({ id: 'e1', event: 'seat.cancelled', house: 7, data: seatCancelled()['data'] }) },
  unknown: () => ({ id: 'e2', event: 'seat.sold', house: 7 }),
  unfit: {
    payload: () => ({ id: 'e3', event: 'seat.cancelled', house: 7, data: { seat: ['Pia'] } }),
    path: 'data.seat',
  },
  decisive: ['data', 'data.seat', 'event', 'house', 'id'],
  personal: SEAT_PEOPLE,
});
