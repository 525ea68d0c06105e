import { generateKeyPairSync, sign } from 'node:crypto';
import { EventWebhook } from '@sendgrid/eventwebhook';
import * as fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { sendgrid } from '../../src/providers/sendgrid/sendgrid.ts';
import { serveProvider } from '../support/serve-provider.ts';
import { thoroughly } from '../support/thorough.ts';

const [ours, others] = [
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
];
/** As SendGrid's page shows it. */
const shown = ours.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const provider = sendgrid({ publicKeys: [shown], signingKey: ours.privateKey });
const AT = 1_775_200_000;

interface Sent {
  readonly body: string;
  readonly time: string;
  readonly signature: string;
}

function signed(body: string, time = String(AT), { privateKey } = ours): Sent {
  return { body, time, signature: sign('sha256', Buffer.from(time + body), privateKey).toString('base64') };
}

function headersOf({ signature, time }: Sent): Record<string, string> {
  return {
    'x-twilio-email-event-webhook-signature': signature,
    'x-twilio-email-event-webhook-timestamp': time,
  };
}

/** Whether it takes the signature; whether it understands the body then is another question. */
async function takes(sent: Sent, receivedAt = Number(sent.time) * 1000): Promise<boolean> {
  try {
    await provider.verify({ headers: headersOf(sent), body: Buffer.from(sent.body), receivedAt });
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    expect(['SIGNATURE_INVALID', 'MALFORMED_DELIVERY']).toContain(code);
    return code === 'MALFORMED_DELIVERY';
  }
}

const library = new EventWebhook();
const key = library.convertPublicKeyToECDSA(shown);
function libraryTakes({ body, time, signature }: Sent): boolean {
  try {
    return library.verifySignature(key, body, signature, time);
  } catch {
    return false;
  }
}

/** One letter another, one more, one less; or as it was. */
const edited = (text: string, letters: string) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(text) },
    fc
      .tuple(fc.nat(text.length), fc.constantFrom('', ...letters.split('')), fc.nat(2))
      .map(([at, letter, cut]) => text.slice(0, at) + letter + text.slice(at + cut)),
  );

const deliveries = fc
  .record({
    body: fc
      .array(fc.record({ event: fc.constantFrom('open', 'é'), email: fc.string() }))
      .map((list) => JSON.stringify(list)),
    time: fc.integer({ min: 1_000_000_000, max: 1_999_999_999 }).map(String),
    by: fc.constantFrom(ours, ours, ours, others),
  })
  .chain(({ body, time, by }) =>
    fc.record({
      body: edited(body, 'abc1{"}é '),
      time: fc.oneof({ weight: 4, arbitrary: fc.constant(time) }, fc.integer({ min: 1, max: 1e9 }).map(String)),
      // Of its letters: of what is no base64, the library's decoder makes something.
      signature: edited(signed(body, time, by).signature, 'ABCxyz019+/').filter(isBase64),
    }),
  );

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** Two positive whole numbers in DER, each as short as it can be, and nothing behind them. */
function isDer(signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  const numberAt = (at: number) => {
    const [type, length = 0, first = 255, second = 0] = bytes.subarray(at);
    const isShortest = first < 128 && (first > 0 || second > 127);
    return type === 2 && length > 0 && isShortest ? at + 2 + length : Infinity;
  };
  return bytes[0] === 0x30 && bytes[1] === bytes.length - 2 && numberAt(numberAt(2)) === bytes.length;
}

it('IN2.9 takes and refuses of many deliveries of SendGrid what its own library does', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(deliveries, async (sent) => {
      const isTaken = await takes(sent);
      if (isTaken) taken += 1;
      // The library reads past what is wrong in DER; Node does not.
      expect(isTaken).toBe(isDer(sent.signature) && libraryTakes(sent));
    }),
    { numRuns: thoroughly(1_000, 150) },
  );
  // Or it would only say that both refuse everything.
  expect(taken).toBeGreaterThan(thoroughly(50, 5));
});

it('IN2.6 takes a delivery of SendGrid for as long as SendGrid tries, a day; its library takes any', async () => {
  const sent = signed('[]');
  expect(libraryTakes(sent)).toBe(true);
  expect(await takes(sent, (AT + 90_000) * 1000)).toBe(true);
  expect(await takes(sent, (AT + 90_001) * 1000)).toBe(false);
  expect(await takes(sent, (AT - 300) * 1000)).toBe(true);
  expect(await takes(sent, (AT - 301) * 1000)).toBe(false);
});

const EMAIL = {
  email: 'paula@coro.example',
  timestamp: AT,
  'smtp-id': '<14c5d75ce93.dfd.64b469@hookcast.example>',
  event: 'bounce',
  type: 'blocked',
  attempt: '5',
  category: 'rehearsals',
  sg_event_id: 'e-1',
  sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
  asm_group_id: 10,
  choir: 'of Paula',
};

it('IN6.3 records each event in a list of SendGrid as an event of its own about an e-mail', async () => {
  const sent = signed(JSON.stringify([EMAIL, { ...EMAIL, sg_event_id: 'e-2', event: 'open', category: ['a', 'b'] }]));
  const arrived = { headers: headersOf(sent), body: Buffer.from(sent.body), receivedAt: AT * 1000 };
  const parts = provider.parts!(await provider.verify(arrived))!;
  const [bounced, opened] = parts.map((part) => provider.normalise(part, { source: 'mail', receivedAt: AT * 1000 }));
  expect(bounced).toMatchObject({
    event: {
      type: 'bounce',
      eventId: 'e-1',
      tenant: 'sendgrid:mail',
      shape: 'EmailChange',
      subject: `email/${EMAIL.sg_message_id}`,
      occurredAt: { at: AT * 1000 },
      data: { emailChange: 'BLOCKED', attempt: 5, categories: ['rehearsals'], groupId: '10' },
      personal: { recipient: { email: 'paula@coro.example' }, additionalFields: { choir: 'of Paula' } },
    },
  });
  expect(opened).toMatchObject({
    event: { eventId: 'e-2', data: { emailChange: 'OPENED', categories: ['a', 'b'] } },
  });
});

it('IN4.12 records each event of a list of SendGrid once, and only those that do not fit wait', async () => {
  const { url, log, end } = await serveProvider(provider);
  onTestFinished(end);
  const list = [EMAIL, { ...EMAIL, sg_event_id: 'e-2' }, { ...EMAIL, event: 7 }];
  const post = async () => {
    const sent = signed(JSON.stringify(list), String(Math.floor(Date.now() / 1000)));
    const answer = await fetch(url, { method: 'POST', headers: headersOf(sent), body: sent.body });
    return [answer.status, await answer.json()];
  };
  expect(await post()).toMatchObject([200, { events: { accepted: 2, quarantined: 1 } }]);
  expect(await post()).toMatchObject([200, { events: { duplicate: 2, quarantined: 1 } }]);
  expect(await log.quarantine.list({ limit: 10 })).toHaveLength(1);
});
