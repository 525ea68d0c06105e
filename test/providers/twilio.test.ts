import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { twilio } from '../../src/providers/twilio/twilio.ts';
import { providerContract } from '../../src/testing/contract.ts';

const PUBLIC_URL = 'https://hooks.example.com';
const TARGET = '/webhooks/twilio';
const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const [SECRET] = secrets;
const provider = twilio({ secrets: [SECRET] });

describe('twilio', () => {
  const contract = providerContract({
    provider: (given) => twilio({ secrets: given }),
    secrets,
    required: ['CallStatus', 'SmsStatus'],
  });
  for (const { title, run } of contract) it(`IN6.3 ${title}`, run);
});

interface Sent {
  readonly body: string;
  readonly target?: string;
  readonly publicUrl?: string;
  readonly headers?: Record<string, string>;
}

const mac = (signed: string, algorithm = 'sha1') => createHmac(algorithm, SECRET).update(signed).digest('base64');

async function receive(signature: string, { body, target = TARGET, publicUrl = PUBLIC_URL, headers = {} }: Sent) {
  return provider.verify({
    headers: { 'x-twilio-signature': signature, ...headers },
    body: Buffer.from(body),
    receivedAt: Date.now(),
    publicUrl,
    target,
  });
}

const refused = expect.objectContaining({ code: 'SIGNATURE_INVALID' });

it('IN2.15 takes a form of Twilio signed over the URL with its query and the fields in the order of their names', async () => {
  const fields = { Digits: '1234', To: '+18005551212', From: '+14158675310', Caller: '+14158675310', CallSid: 'CA1' };
  const target = '/a?foo=1&bar=2';
  const signature = mac(`${PUBLIC_URL}${target}CallSidCA1Caller+14158675310Digits1234From+14158675310To+18005551212`);
  const body = new URLSearchParams(fields).toString();
  await expect(receive(signature, { body, target })).resolves.toMatchObject({ payload: fields });
  for (const other of ['/a?bar=2&foo=1', '/a?foo=1', '/a/?foo=1&bar=2']) {
    await expect(receive(signature, { body, target: other }), other).rejects.toEqual(refused);
  }
});

it('IN2.15 takes a form of Twilio with several values of one name, capitals and accents, in any order', async () => {
  const body = 'b=1&B=2&a=y&a=x&a=y&c=%C3%A9+%26';
  await expect(receive(mac(`${PUBLIC_URL}${TARGET}B2axayb1cé &`), { body })).resolves.toBeDefined();
});

it('IN2.15 takes JSON of Twilio whose hash the signed URL holds, and no other body behind the same URL', async () => {
  const body = '[{"specversion":"1.0","type":"com.twilio.x","id":"EZ1","data":{"accountSid":"AC1"}}]';
  const target = `${TARGET}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
  const signature = mac(`${PUBLIC_URL}${target}`);
  await expect(receive(signature, { body, target })).resolves.toBeDefined();
  await expect(receive(signature, { body: `${body} `, target })).rejects.toThrow(/^The body does not match/);
  await expect(receive(signature, { body: 'a=b', target })).rejects.toEqual(refused);
  // Without the hash it is a form, whose fields are signed.
  await expect(receive(mac(`${PUBLIC_URL}${TARGET}`), { body })).rejects.toEqual(refused);
});

it('IN2.9 takes the URL with its port or without, as Twilio’s own library does, and rewrites nothing else of it', async () => {
  const body = 'a=b';
  const signs = (address: string) => mac(`${address}ab`);
  const https = PUBLIC_URL;
  const odd = `${PUBLIC_URL}:8443`;
  await expect(receive(signs(`${https}:443${TARGET}`), { body })).resolves.toBeDefined();
  await expect(receive(signs(`${https}${TARGET}`), { body, publicUrl: `${https}:443` })).resolves.toBeDefined();
  await expect(receive(signs(`${https}${TARGET}`), { body, publicUrl: odd })).resolves.toBeDefined();
  await expect(receive(signs(`${odd}${TARGET}`), { body, publicUrl: odd })).resolves.toBeDefined();
  await expect(receive(signs(`${odd}${TARGET}`), { body })).rejects.toEqual(refused);
  await expect(receive(signs('http://h:80/x'), { body, publicUrl: 'http://h', target: '/x' })).resolves.toBeDefined();
  const target = `${TARGET}?a=it's`;
  await expect(receive(signs(`${https}${target}`), { body, target })).resolves.toBeDefined();
  await expect(receive(signs(`${https}${TARGET}?a=it%27s`), { body, target })).rejects.toEqual(refused);
});

it('IN2.7 takes SHA-256 of Twilio where a header says that a shared key signed, and no algorithm that it does not know', async () => {
  const body = 'a=b';
  const signed = `${PUBLIC_URL}${TARGET}ab`;
  const settings = (algorithm: string) => ({
    body,
    headers: { 'x-twilio-webhooks-signature-settings': `key=webhooks_sharedkey_1, algorithm=${algorithm}` },
  });
  await expect(receive(mac(signed, 'sha256'), settings('HMAC_SHA256'))).resolves.toBeDefined();
  await expect(receive(mac(signed), settings('HMAC_SHA1'))).resolves.toBeDefined();
  await expect(receive(mac(signed), settings('HMAC_SHA256'))).rejects.toEqual(refused);
  await expect(receive(mac(signed, 'sha256'), { body })).rejects.toEqual(refused);
  for (const odd of ['HMAC_SHA512', 'constructor', '']) {
    await expect(receive(mac(signed), settings(odd)), odd).rejects.toThrow(/an unknown algorithm/);
  }
});

/** The outcome of a form with these fields. */
async function made(fields: Record<string, string>) {
  const payload = { AccountSid: 'AC1', ...fields };
  const { headers, body } = await provider.sign!(payload, new Date(), { url: `${PUBLIC_URL}${TARGET}` });
  const verified = await receive(headers['x-twilio-signature']!, { body });
  expect(provider.parts!(verified)).toBe(null);
  return provider.normalise(verified, { source: 'twilio', receivedAt: Date.now() });
}

it('IN11.11 names an event of Twilio by what its form is about and how that is', async () => {
  const named = async (fields: Record<string, string>) => {
    const normalised = await made(fields);
    if (normalised.outcome !== 'event') return [normalised.outcome];
    return [normalised.event.type, normalised.event.subject];
  };
  expect(await named({ MessageSid: 'SM1', MessageStatus: 'sent' })).toEqual(['message.sent', 'message/SM1']);
  expect(await named({ MessageSid: 'SM1', SmsStatus: 'received', Body: 'x' })).toEqual([
    'message.received',
    'message/SM1',
  ]);
  expect(await named({ CallSid: 'CA1', CallStatus: 'no-answer' })).toEqual(['call.no-answer', 'call/CA1']);
  expect(
    await named({ CallSid: 'CA1', CallStatus: 'completed', RecordingSid: 'RE1', RecordingStatus: 'completed' }),
  ).toEqual(['recording.completed', 'recording/RE1']);
  expect(await named({ ConferenceSid: 'CF1', StatusCallbackEvent: 'participant-join', CallSid: 'CA1' })).toEqual([
    'conference.participant-join',
    'conference/CF1',
  ]);
  expect(await named({ EventType: 'task.created', Sid: 'EV1' })).toEqual(['task.created', null]);
  expect(await named({ Digits: '1' })).toEqual(['unfit']);
});

it('IN11.11 takes a list of Twilio’s Event Streams apart, each event with its own name, id, time and account', async () => {
  const event = { specversion: '1.0', type: 'com.twilio.messaging.message.sent', time: '2026-04-03T07:06:40Z' };
  const body = JSON.stringify([
    { ...event, id: 'EZ1', data: { accountSid: 'AC1' } },
    { ...event, id: 'EZ2' },
  ]);
  const target = `${TARGET}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
  const verified = await receive(mac(`${PUBLIC_URL}${target}`), { body, target });
  const parts = provider.parts!(verified)!.map((part) => provider.normalise(part, { source: 'it', receivedAt: 0 }));
  expect(parts).toMatchObject([
    { event: { type: event.type, eventId: 'EZ1', tenant: 'twilio:AC1', occurredAt: { text: event.time } } },
    { event: { eventId: 'EZ2', tenant: 'twilio:it' } },
  ]);
});

it('PRIV2.4 finds in an event of Twilio the number at the other end, and never that of one’s own', async () => {
  const numbers = { From: '+15550000001', To: '+5511900000000' };
  const contactsOf = async (fields: Record<string, string>) => {
    const normalised = await made(fields);
    if (normalised.outcome !== 'event') throw new Error(normalised.outcome);
    return normalised.event.traces.filter(({ kind }) => kind === 'contact').map(({ value }) => value);
  };
  const sent = { MessageSid: 'SM1', MessageStatus: 'sent', ...numbers };
  expect(await contactsOf(sent)).toEqual([numbers.To]);
  expect(await contactsOf({ MessageSid: 'SM1', SmsStatus: 'received', ...numbers })).toEqual([numbers.From]);
  const call = { CallSid: 'CA1', CallStatus: 'completed', ...numbers };
  expect(await contactsOf({ ...call, Direction: 'inbound' })).toEqual([numbers.From]);
  expect(await contactsOf({ ...call, Direction: 'outbound-api' })).toEqual([numbers.To]);
});
