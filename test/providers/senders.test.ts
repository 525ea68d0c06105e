import { type KeyPairKeyObjectResult, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { asaas } from '../../src/providers/asaas/asaas.ts';
import { hotmart } from '../../src/providers/hotmart/hotmart.ts';
import { mercadoPago } from '../../src/providers/mercado-pago/mercado-pago.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { sendgrid } from '../../src/providers/sendgrid/sendgrid.ts';
import { slack } from '../../src/providers/slack/slack.ts';
import { woovi } from '../../src/providers/woovi/woovi.ts';
import { zoom } from '../../src/providers/zoom/zoom.ts';
import { describeProvider } from '../contract/provider.contract.ts';

const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const PEOPLE = ['Paula', 'paula@coro.example'];

const payloadOf =
  ({ samples }: Provider, event: string) =>
  () =>
    samples.find((sample) => sample.event === event)!.payload();
const bodyOf = (bytes: Buffer) => bytes as unknown as string;
const withHeaders = (headers: Record<string, string>) => (bytes: Buffer) => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: bodyOf(bytes),
});

/** Pairs of keys by the names that the suite knows them by. What is no name of one is handed on, so that it is refused. */
const keysOf = (make: () => KeyPairKeyObjectResult) => {
  const pairs = new Map(secrets.map((name) => [name as string, make()]));
  const shownOf = (name: unknown) =>
    pairs
      .get(name as string)
      ?.publicKey.export({ type: 'spki', format: 'der' })
      .toString('base64') ?? name;
  return {
    privateKey: (name: string) => pairs.get(name)!.privateKey,
    shown: (given: unknown) => (Array.isArray(given) ? given.map(shownOf) : given) as readonly string[],
  };
};
const rsa = keysOf(() => generateKeyPairSync('rsa', { modulusLength: 1024 }));
const curve = keysOf(() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));

const ofHotmart = hotmart({ tokens: secrets });
describeProvider({
  name: 'Hotmart',
  provider: (given) => hotmart({ tokens: given }),
  secrets,
  sign: (bytes, token) => withHeaders({ 'x-hotmart-hottok': token })(bytes),
  signatureHeader: 'x-hotmart-hottok',
  leavesBodyUnsigned: true,
  timestamped: null,
  valid: {
    SUBSCRIPTION_CANCELLATION: payloadOf(ofHotmart, 'SUBSCRIPTION_CANCELLATION'),
    PURCHASE_REFUNDED: payloadOf(ofHotmart, 'PURCHASE_REFUNDED'),
  },
  unknown: () => ({ ...payloadOf(ofHotmart, 'PURCHASE_REFUNDED')(), id: 'u', event: 'SWITCH_PLAN' }),
  unfit: {
    payload: () => ({ id: 'odd', event: 'SUBSCRIPTION_CANCELLATION', data: { subscriber: { code: ['Paula'] } } }),
    path: 'data.subscriber.code',
  },
  decisive: [
    'data',
    'data.purchase',
    'data.purchase.transaction',
    'data.subscriber',
    'data.subscriber.code',
    'event',
    'id',
  ],
  personal: PEOPLE,
});

const ofAsaas = asaas({ tokens: secrets });
describeProvider({
  name: 'Asaas',
  provider: (given) => asaas({ tokens: given }),
  secrets,
  sign: (bytes, token) => withHeaders({ 'asaas-access-token': token })(bytes),
  signatureHeader: 'asaas-access-token',
  leavesBodyUnsigned: true,
  timestamped: null,
  valid: {
    SUBSCRIPTION_DELETED: payloadOf(ofAsaas, 'SUBSCRIPTION_DELETED'),
    PAYMENT_REFUNDED: payloadOf(ofAsaas, 'PAYMENT_REFUNDED'),
  },
  unknown: () => ({ id: 'u', event: 'PAYMENT_PARTIALLY_REFUNDED' }),
  unfit: { payload: () => ({ id: 'odd', event: 'PAYMENT_DELETED', payment: { id: ['Paula'] } }), path: 'payment.id' },
  decisive: ['event', 'id', 'payment', 'payment.id', 'subscription', 'subscription.id'],
  // Of a customer it has an id, and what somebody typed.
  personal: ['cus_sampleOfHookcast', 'Paula'],
});

const ofMercadoPago = mercadoPago({ secrets });
describeProvider({
  name: 'Mercado Pago',
  provider: (given) => mercadoPago({ secrets: given }),
  secrets,
  sign: (bytes, secret, at) => {
    const ts = at.getTime();
    const id = idIn(bytes);
    const named = id === null ? '' : `id:${id.toLowerCase()};`;
    const v1 = createHmac('sha256', secret).update(`${named}request-id:r-1;ts:${ts};`).digest('hex');
    const signed = withHeaders({ 'x-signature': `ts=${ts},v1=${v1}`, 'x-request-id': 'r-1' })(bytes);
    return id === null ? signed : { ...signed, query: new URLSearchParams({ 'data.id': id }).toString() };
  },
  signatureHeader: 'x-signature',
  leavesBodyUnsigned: true,
  hasNoTypes: true,
  timestamped: null,
  valid: { 'payment.updated': payloadOf(ofMercadoPago, 'payment.updated') },
  unknown: () => ({ id: 'u', type: 'chargebacks', action: 'created', data: { id: '7' } }),
  unfit: { payload: () => ({ id: 'odd', type: ['Paula'], data: { id: '7' } }), path: 'type' },
  decisive: ['type'],
  personal: [],
});

/** The subject of the body, which the query must name as well. */
function idIn(bytes: Buffer): string | null {
  try {
    const { data } = JSON.parse(bytes.toString().replace(/^\ufeff/, '')) as { data?: { id?: unknown } };
    const id = data?.id;
    const isId =
      typeof id === 'string'
        ? id !== '' && id.length <= 256 && id.isWellFormed()
        : Number.isInteger(id) && Math.abs(Number(id)) < 1e21;
    return isId ? String(id) : null;
  } catch {
    return null;
  }
}

const ofWoovi = woovi({ publicKeys: rsa.shown(secrets) });
describeProvider({
  name: 'Woovi',
  provider: (given) => woovi({ publicKeys: rsa.shown(given) }),
  secrets,
  sign: (bytes, secret) =>
    withHeaders({ 'x-webhook-signature': sign('sha256', bytes, rsa.privateKey(secret)).toString('base64') })(bytes),
  signatureHeader: 'x-webhook-signature',
  timestamped: null,
  valid: {
    'OPENPIX:TRANSACTION_REFUND_RECEIVED': payloadOf(ofWoovi, 'OPENPIX:TRANSACTION_REFUND_RECEIVED'),
    'OPENPIX:CHARGE_COMPLETED': payloadOf(ofWoovi, 'OPENPIX:CHARGE_COMPLETED'),
  },
  unknown: () => ({ ...payloadOf(ofWoovi, 'OPENPIX:CHARGE_CREATED')(), event: 'OPENPIX:MOVEMENT_CONFIRMED' }),
  unfit: {
    payload: () => ({ event: 'OPENPIX:CHARGE_CREATED', charge: { correlationID: ['Paula'] } }),
    path: 'charge.correlationID',
  },
  decisive: ['charge', 'charge.correlationID', 'event'],
  personal: [...PEOPLE, '+5511900000000', 'customer-of-hookcast'],
});

const v0 = (over: Buffer, secret: string) => `v0=${createHmac('sha256', secret).update(over).digest('hex')}`;
const seconds = (at: Date) => Math.floor(at.getTime() / 1000);

const ofZoom = zoom({ secrets });
describeProvider({
  name: 'Zoom',
  provider: (given) => zoom({ secrets: given }),
  secrets,
  sign: (bytes, secret, at) => {
    const over = Buffer.concat([Buffer.from(`v0:${seconds(at)}:`), bytes]);
    return withHeaders({
      'x-zm-request-timestamp': String(seconds(at)),
      'x-zm-signature': v0(over, secret),
    })(bytes);
  },
  signatureHeader: 'x-zm-signature',
  timestamped: { past: 7_200, future: 300 },
  valid: {
    'scheduler.scheduled_event_canceled': payloadOf(ofZoom, 'scheduler.scheduled_event_canceled'),
    'webinar.registration_cancelled': payloadOf(ofZoom, 'webinar.registration_cancelled'),
    'meeting.updated': payloadOf(ofZoom, 'meeting.updated'),
  },
  unknown: () => ({ event: 'phone.callee_ended', event_ts: 1, payload: { account_id: 'a', object: {} } }),
  unfit: {
    payload: () => ({ event: 'meeting.deleted', payload: { account_id: 'a', object: { id: ['Paula'] } } }),
    path: 'payload.object.id',
  },
  decisive: [
    'event',
    'payload',
    'payload.object',
    'payload.object.id',
    'payload.object.registrant',
    'payload.object.registrant.id',
    'payload.object.scheduled_event',
    'payload.object.scheduled_event.event_id',
  ],
  personal: [...PEOPLE, 'rosa@coro.example', '+5511900000000', 'a cold', 'Which song?'],
});

const ofSlack = slack({ secrets });
describeProvider({
  name: 'Slack',
  // Its answers have a test of their own: the suite reads the outcome of a delivery.
  provider: (given) => {
    const { respond: _nothing, ...provider } = slack({ secrets: given });
    return provider;
  },
  secrets,
  sign: (bytes, secret, at) => {
    const over = Buffer.concat([Buffer.from(`v0:${seconds(at)}:`), bytes]);
    return withHeaders({
      'x-slack-request-timestamp': String(seconds(at)),
      'x-slack-signature': v0(over, secret),
    })(bytes);
  },
  signatureHeader: 'x-slack-signature',
  hasNoTypes: true,
  timestamped: { past: 300, future: 300 },
  valid: { team_join: payloadOf(ofSlack, 'team_join'), app_mention: payloadOf(ofSlack, 'app_mention') },
  unknown: () => ({ type: 'event_callback', event_id: 'Ev-unknown', event: { type: 'app_home_opened' } }),
  unfit: { payload: () => ({ type: 'event_callback', event: { type: ['Paula'] } }), path: 'event.type' },
  decisive: ['event', 'event.type', 'type'],
  personal: [...PEOPLE, 'U0PAULA', '+5511900000000'],
});

const ofSendgrid = sendgrid({ publicKeys: curve.shown(secrets) });
const emailOf = (event: string) => () =>
  (payloadOf(ofSendgrid, event)()['body'] as Record<string, unknown>[]).find((one) => one['event'] === event)!;
describeProvider({
  name: 'SendGrid',
  provider: (given) => sendgrid({ publicKeys: curve.shown(given) }),
  secrets,
  sign: (bytes, secret, at) => {
    const over = Buffer.concat([Buffer.from(String(seconds(at))), bytes]);
    return withHeaders({
      'x-twilio-email-event-webhook-timestamp': String(seconds(at)),
      'x-twilio-email-event-webhook-signature': sign('sha256', over, curve.privateKey(secret)).toString('base64'),
    })(bytes);
  },
  document: (payload) => [payload] as unknown as Record<string, unknown>,
  sendsLists: true,
  signatureHeader: 'x-twilio-email-event-webhook-signature',
  timestamped: { past: 90_000, future: 300 },
  valid: { bounce: emailOf('bounce'), group_unsubscribe: emailOf('group_unsubscribe') },
  unknown: () => ({ ...emailOf('bounce')(), event: 'account_status_change', sg_event_id: 'u' }),
  unfit: { payload: () => ({ ...emailOf('bounce')(), event: ['Paula'] }), path: 'event' },
  decisive: ['event'],
  personal: [...PEOPLE, '192.0.2.7', 'Mozilla', '550 5.1.1'],
});
