import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { WebhookSignatureValidator } from 'mercadopago';
import { expect, it } from 'vitest';
import { mercadoPago } from '../../src/providers/mercado-pago/mercado-pago.ts';
import { thoroughly } from '../support/thorough.ts';

const SECRET = 'a secret signature of the suite';
const provider = mercadoPago({ secrets: [SECRET] });

interface Sent {
  readonly signature: string | undefined;
  readonly requestId: string | undefined;
  readonly dataId: string | undefined;
}

function signed({ requestId, dataId }: Omit<Sent, 'signature'>, ts: string, secret = SECRET): Sent {
  const parts = [dataId && `id:${dataId};`, requestId && `request-id:${requestId};`, `ts:${ts};`];
  const v1 = createHmac('sha256', secret)
    .update(parts.filter((part) => part !== undefined).join(''))
    .digest('hex');
  return { signature: `ts=${ts},v1=${v1}`, requestId, dataId };
}

function takes({ signature, requestId, dataId }: Sent, payload: object = { type: 'payment', data: { id: dataId } }) {
  try {
    const query = dataId === undefined ? '' : `?data.id=${encodeURIComponent(dataId)}`;
    void provider.verify({
      headers: {
        ...(signature !== undefined && { 'x-signature': signature }),
        ...(requestId !== undefined && { 'x-request-id': requestId }),
      },
      body: Buffer.from(JSON.stringify(payload)),
      target: `/webhooks/mercadopago${query}`,
      receivedAt: Date.now(),
    });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'SIGNATURE_INVALID' });
    return false;
  }
}

function libraryTakes({ signature, requestId, dataId }: Sent): boolean {
  try {
    WebhookSignatureValidator.validate({
      xSignature: signature,
      xRequestId: requestId,
      dataId,
      secret: SECRET,
    });
    return true;
  } catch {
    return false;
  }
}

const GOOD = signed({ requestId: 'f7b2a1d4-0b1c-4ec2-aaaa-9e8b1d2f3c4d', dataId: '1234567890' }, '1742505638683');

/** One letter another, one more, one less; or as it was. */
const edited = (text: string) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(text) },
    fc
      .tuple(fc.nat(text.length), fc.constantFrom('', ...'0123456789abcdefstv,=;-'.split('')), fc.nat(2))
      .map(([at, letter, cut]) => text.slice(0, at) + letter + text.slice(at + cut)),
  );

const deliveries = fc
  .record({
    dataId: fc.option(fc.stringMatching(/^[a-z0-9-]{1,24}$/), { nil: undefined }),
    requestId: fc.option(fc.uuid(), { nil: undefined }),
    ts: fc.stringMatching(/^1\d{9}(?:\d{3})?$/),
    secret: fc.constantFrom(SECRET, SECRET, SECRET, 'another secret of the suite'),
  })
  .chain(({ ts, secret, ...given }) => {
    const sent = signed(given, ts, secret);
    const option = (text: string | undefined) =>
      text === undefined ? fc.constant(text) : fc.oneof({ weight: 9, arbitrary: edited(text) }, fc.constant(undefined));
    return fc.record({
      signature: option(sent.signature),
      requestId: option(sent.requestId),
      dataId: option(sent.dataId),
    });
  });

it('IN2.2 takes and refuses of many deliveries of Mercado Pago what its own library does', () => {
  expect([takes(GOOD), libraryTakes(GOOD)]).toEqual([true, true]);
  let taken = 0;
  fc.assert(
    fc.property(deliveries, (sent) => {
      const isTaken = takes(sent);
      if (isTaken) taken += 1;
      expect(isTaken).toBe(libraryTakes(sent));
    }),
    { numRuns: thoroughly(1_000, 150) },
  );
  // Or it would only say that both refuse everything.
  expect(taken).toBeGreaterThan(thoroughly(50, 5));
});

it('IN2.2 lowers the letters of data.id as Mercado Pago’s pages say, which its library leaves to the caller', () => {
  const sent = signed({ ...GOOD, dataId: 'ord01abc' }, '1742505638683');
  const capital = { ...sent, dataId: 'ORD01ABC' };
  expect([takes(capital), libraryTakes(capital), libraryTakes(sent)]).toEqual([true, false, true]);
});

it('IN2.7 takes hex in capitals from Mercado Pago, the same bytes, which its library refuses', () => {
  const sent = { ...GOOD, signature: GOOD.signature!.replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase()) };
  expect([takes(sent), libraryTakes(sent)]).toEqual([true, false]);
});

it('IN2.4 takes any of several signatures of Mercado Pago, where its library checks only the last one', () => {
  const [time, v1] = GOOD.signature!.split(',') as [string, string];
  const sent = { ...GOOD, signature: `${time},${v1},v1=${'0'.repeat(64)}` };
  expect([takes(sent), libraryTakes(sent)]).toEqual([true, false]);
});

it('IN2.2 refuses a body of Mercado Pago about another id than the signed one, which its library is not shown', () => {
  expect(takes(GOOD, { type: 'payment', data: { id: '1234567890' } })).toBe(true);
  expect(takes(GOOD, { type: 'payment', data: { id: 1234567890 } })).toBe(true);
  expect(takes(GOOD, { type: 'payment', data: { id: '1234567891' } })).toBe(false);
  const bare = signed({ requestId: GOOD.requestId, dataId: undefined }, '1742505638683');
  expect(takes(bare, { type: 'payment', data: { id: '1234567890' } })).toBe(false);
  expect(takes(bare, { type: 'automatic-payments', data: { customer_id: 'c' } })).toBe(true);
});

it('IN2.12 does not trust the account in a notification, which Mercado Pago does not sign', async () => {
  const payload = { ...provider.samples[0]!.payload(), user_id: 1 };
  const to = { url: 'https://hooks.example.com/webhooks/shop?data.id=1234567890', headers: { 'x-request-id': 'r' } };
  const { headers, body } = await provider.sign!(payload, new Date(), to);
  const target = '/webhooks/shop?data.id=1234567890';
  const verified = await provider.verify({ headers, body: Buffer.from(body), target, receivedAt: Date.now() });
  const place = { source: 'shop', receivedAt: Date.now() };
  expect(provider.normalise(verified, place)).toMatchObject({
    outcome: 'event',
    event: { tenant: 'mercadopago:shop', type: 'payment.updated', subject: 'payment/1234567890', shape: 'OtherEvent' },
  });
});
