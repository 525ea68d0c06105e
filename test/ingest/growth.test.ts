import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import { parseExact } from '../../src/events/exact-json.ts';
import { tracesOf, valuesIn } from '../../src/events/trace.ts';
import { encodingFor } from '../../src/http/encoding.ts';
import { FieldTree } from '../../src/ingest/field-tree.ts';
import { Marker } from '../../src/log/marks.ts';
import { encode } from '../../src/log/postgres/row.ts';
import { NEW_QUARANTINE_COLUMNS, toQuarantineRow } from '../../src/log/quarantine-row.ts';
import { APPENDED_COLUMNS, toRow } from '../../src/log/row.ts';
import { normalise, verify } from '../../src/providers/ask.ts';
import { anyBody, formBody, jsonBody } from '../../src/providers/body.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { parseInstant } from '../../src/providers/instant.ts';
import { Namer } from '../../src/providers/namer.ts';
import type { Provider, Verified } from '../../src/providers/provider.ts';
import { standardWebhooks } from '../../src/providers/standard-webhooks/standard-webhooks.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { deliveryOf } from '../../src/providers/delivery.ts';
import { jwt } from '../../src/providers/verify/jwt.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { wix } from '../../src/providers/wix/wix.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { calComCancelled, calendlyCanceled, seatCancelled, stripeDeleted } from '../fixtures/providers.ts';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { LINEAR, growthOf } from '../support/growth.ts';
import { thoroughly } from '../support/thorough.ts';

type Payload = Record<string, unknown>;

const SECRET = 'one-secret-of-the-suite-0001';
const NOW = Date.parse('2026-03-05T00:00:00Z');
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const marker = new Marker('a salt of the suite that is long enough');
const namer = new Namer({ secret: marker.salt, hasFormer: false });

const PROVIDERS = {
  eduzz: eduzz({ secrets: [SECRET] }),
  calcom: calCom({ secrets: [SECRET] }),
  calendly: calendly({ secrets: [SECRET] }),
  stripe: stripe({ secrets: [SECRET] }),
  standard: standardWebhooks({ secrets: [`whsec_${Buffer.from(SECRET).toString('base64')}`] }),
  wix: wix({ publicKeys: [keys.publicKey], signingKey: keys.privateKey }),
} as const satisfies Record<string, Provider>;

/** From a signed body to what both logs are given: the event, and what would be kept of it in quarantine. */
function line(provider: Provider, delivery: { headers: Record<string, string>; body: string | Buffer }) {
  const request = { headers: delivery.headers, body: Buffer.from(delivery.body as string), receivedAt: NOW };
  const shape = new FieldTree('it', 'test.happened', null, { left: 10_000 });
  shape.observe({ known: true }, NOW, () => {});
  return async () => {
    const verified = await verify(provider, request);
    const normalised = normalise(provider, verified, { source: 'it', receivedAt: NOW, namer });
    shape.observe(verified.payload, NOW, () => {});
    if (normalised.outcome === 'event') encode(APPENDED_COLUMNS, toRow(normalised.event, marker));
    keep(verified, normalised.outcome === 'unfit' ? normalised.issues : []);
    return normalised.outcome;
  };
}

function keep({ payload, text, digest }: Verified, issues: readonly { path: string; message: string }[]): void {
  const delivery = {
    provider: 'it',
    source: 'it',
    type: null,
    eventId: null,
    tenant: null,
    digest,
    issues,
    payload: text,
    values: valuesIn(payload),
    receivedAt: NOW,
  };
  encode(NEW_QUARANTINE_COLUMNS, toQuarantineRow(delivery, marker));
}

async function signed(provider: Provider, payload: Payload) {
  return provider.sign!(payload, new Date(NOW)) as Promise<{ headers: Record<string, string>; body: string }>;
}

const repeated = (unit: string) => (size: number) => unit.repeat(Math.ceil(size / unit.length));
const listed = (unit: (index: number) => string, length: number) => (size: number) =>
  Array.from({ length: Math.ceil(size / length) }, (_, index) => unit(index)).join(',');

/** Texts that a customer may type into a form, among them some that have cost parsers more than their length. */
const TEXTS: Readonly<Record<string, (size: number) => string>> = {
  'marks behind an @': (size) => `x@a${repeated('\u0301\u0316')(size)}`,
  'marks before an @': (size) => `${repeated('\u0301\u0316')(size)}@x.example`,
  'marks and nothing else': repeated('\u0316\u0301'),
  'vowels that join what is before them': (size) => `@${repeated('\u09be')(size)}`,
  'halves of syllables': (size) => `@\u1100${repeated('\u1161')(size)}`,
  'fields of a form': repeated('a&'),
  'members without a value': repeated('a=&'),
  'dots before an @': (size) => `${repeated('a.')(size)}@x`,
  'dots behind an @': (size) => `x@${repeated('a.')(size)}`,
  'apostrophes before an @': (size) => `${repeated("'")(size)}@x.example`,
  'brackets that open': repeated('['),
  'lists in lists': (size) => '['.repeat(size / 2) + ']'.repeat(size / 2),
  'objects in objects': (size) => '{"a":'.repeat(size / 6) + '1' + '}'.repeat(size / 6),
  backslashes: repeated('\\'),
  quotes: repeated('"'),
  blanks: repeated(' '),
  'blanks before a bracket': (size) => `${repeated(' ')(size)}{`,
  slashes: repeated('/'),
  digits: repeated('1'),
  'capitals that grow': repeated('\u0130'),
  'a time and blanks': (size) => `2026-01-01T00:00${repeated(' ')(size)}Z`,
};

/** The same of texts in which there is much to be found. */
const FULL_TEXTS: typeof TEXTS = {
  'marks between letters': repeated('e\u0301\u0316x\u030c@'),
  'half characters': repeated('\ud800@'),
  '@ after @': repeated('@'),
  'letters and @': repeated('a@'),
  'escapes of @': repeated('a%40'),
  'other escapes of @': repeated(String.raw`a\u0040`),
  'broken escapes': repeated('%40%'),
  'addresses, all different': listed((index) => `${index}@b.example`, 14),
  'JSON of many members': (size) => `{${listed((index) => `"n${index}":${index}`, 11)(size)}}`,
  'JSON of many texts': (size) => `[${listed((index) => `"{${index}"`, 8)(size)}]`,
};

/** A ticket that says the text as a name, in a field of the producer's own, and as the name of one. */
function ticketWith(text: string): Payload {
  return attendanceCanceled({ id: 'e-1', participant: { name: text, customFields: { note: text, [text]: 1 } } });
}

const many = <T>(size: number, length: number, item: (index: number) => T): T[] =>
  Array.from({ length: Math.ceil(size / length) }, (_, index) => item(index));

/** Payloads of many values, of about so many characters of JSON. */
const PAYLOADS: readonly (readonly [what: string, provider: Provider, payload: (size: number) => Payload])[] = [
  [
    'people, and ids that may be theirs',
    PROVIDERS.eduzz,
    (size) =>
      eduzzEvent('blinket.attendances_printed', {
        participants: many(size / 2, 90, (n) => ({
          id: `p-${n}`,
          name: `Iara ${n}`,
          email: `i${n}@x.example`,
          phone: n,
        })),
        orders: many(size / 2, 40, (n) => ({ orderId: `order-0001-${n}`, status: `s${n}` })),
      }),
  ],
  [
    'ids that begin alike',
    PROVIDERS.eduzz,
    (size) =>
      eduzzEvent('nutror.lesson_watched', {
        customer: { refs: many(size / 2, 60, (n) => `${'a1'.repeat(20)}-${n}`) },
        things: many(size / 2, 60, (n) => ({ id: `${'a1'.repeat(22)}${n}` })),
      }),
  ],
  [
    'tags and fields of no known form',
    PROVIDERS.eduzz,
    (size) =>
      attendanceCanceled({
        participant: { tags: many(size / 2, 6, () => [{}]), customFields: many(size / 2, 6, () => 7) },
      }),
  ],
  [
    'numbers that no double holds',
    PROVIDERS.eduzz,
    (size) => eduzzEvent('nutror.lesson_watched', { numbers: many(size, 6, () => parseExact('1e400')) }),
  ],
  [
    'members',
    PROVIDERS.eduzz,
    (size) => eduzzEvent('nutror.lesson_watched', Object.fromEntries(many(size, 14, (n) => [`field_${n}`, n]))),
  ],
  [
    'members that are addresses',
    PROVIDERS.eduzz,
    (size) => eduzzEvent('nutror.lesson_watched', Object.fromEntries(many(size, 20, (n) => [`m${n}@x.example`, 1]))),
  ],
  [
    'guests, beside a long name of who cancelled',
    PROVIDERS.calcom,
    (size) =>
      calComCancelled({
        cancelledBy: repeated('e\u0301')(size / 2),
        attendees: many(size / 2, 40, (n) => ({ name: `G${n}`, email: `g${n}@x.example` })),
      }),
  ],
  [
    'answers',
    PROVIDERS.calendly,
    (size) =>
      calendlyCanceled({ questions_and_answers: many(size, 50, (n) => ({ question: `Q${n}`, answer: `a${n}` })) }),
  ],
  [
    'items of no known form',
    PROVIDERS.stripe,
    (size) => stripeDeleted({ items: { data: many(size, 20, () => ({ quantity: 'x', price: 7 })) } }),
  ],
  ['notes', PROVIDERS.standard, (size) => seatCancelled({ notes: many(size, 30, (n) => `mail n${n}@x.example`) })],
  [
    'choices, as text in text in text',
    PROVIDERS.wix,
    (size) =>
      wixClaims({ ...bookingCanceledEvent(), extendedFields: { of: many(size, 24, (n) => JSON.stringify({ n })) } }),
  ],
];

/** Headers that claim to sign a body, of about so many characters. */
const HEADERS: readonly (readonly [
  what: string,
  provider: Provider,
  headers: (size: number) => Record<string, string>,
])[] = [
  ['a long signature', PROVIDERS.eduzz, (size) => ({ 'x-signature': 'a'.repeat(size) })],
  ['signatures', PROVIDERS.stripe, (size) => ({ 'stripe-signature': repeated('v1=aa,')(size) })],
  ['times', PROVIDERS.calendly, (size) => ({ 'calendly-webhook-signature': repeated('t=1,')(size) })],
  ['equals signs', PROVIDERS.stripe, (size) => ({ 'stripe-signature': repeated('=')(size) })],
  ['a long signature of Cal.com’s', PROVIDERS.calcom, (size) => ({ 'x-cal-signature-256': repeated('0')(size) })],
  [
    'signatures of two kinds',
    PROVIDERS.standard,
    (size) => ({
      'webhook-id': 'm',
      'webhook-timestamp': String(NOW / 1000),
      'webhook-signature': repeated('v1,YQ== v1a,YQ== ')(size),
    }),
  ],
  [
    'a long id',
    PROVIDERS.standard,
    (size) => ({ 'webhook-id': repeated('m.')(size), 'webhook-timestamp': '1', 'webhook-signature': 'v1,YQ==' }),
  ],
];

/** The other functions that read a text of a stranger or a provider. They throw only refusals. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'an address': (text) => tracesOf([{ name: null, email: text, phone: null, externalId: text }], null),
  'a cursor': decodeCursor,
  'encodings that are accepted': encodingFor,
  'a time': (text) => parseInstant(text),
  JSON: (text) => jsonBody.read(Buffer.from(text)),
  'JSON of a text': (text) => jsonBody.read(Buffer.from(JSON.stringify({ text, nested: JSON.stringify({ text }) }))),
  'a form': (text) => formBody.read(Buffer.from(`a=${text}`)),
  'any body': (text) => anyBody.read(Buffer.from(text)),
  'a token': (text) => jwt({ publicKeys: [keys.publicKey], algorithms: ['RS256'] }).verify(deliveryOf(bare(text))),
  'Wix’s token': (text) => PROVIDERS.wix.verify(bare(text)),
  'a shared token': (text) =>
    sharedToken({ header: 'x-token', tokens: [SECRET] }).verify(
      deliveryOf({ ...bare('{}'), headers: { 'x-token': text } }),
    ),
};
const bare = (text: string) => ({ headers: {}, body: Buffer.from(text), receivedAt: NOW });

/**
 * So little that an attempt takes a millisecond or two, and what is made of it fits where the engine keeps what is young: what
 * takes the square of it stands out already.
 */
const SIZE = 1_200;

describe('what a text costs', () => {
  /** Of all that is done with a provider's payloads. */
  async function growthOfLine(provider: Provider, payloadOf: (size: number) => Payload, size: number): Promise<number> {
    return growthOf(async (each) => {
      const work = line(provider, await signed(provider, payloadOf(each)));
      expect(await work()).toMatch(/event|unfit/);
      return work;
    }, size);
  }

  it.each(Object.entries(TEXTS))('IN5.8 grows no faster than the text: %s', async (_what, textOf) => {
    const growth = await growthOfLine(PROVIDERS.eduzz, (size) => ticketWith(textOf(size)), 4 * SIZE);
    expect(growth).toBeLessThanOrEqual(LINEAR);
  });

  it.each(Object.entries(FULL_TEXTS))('IN5.8 grows no faster than the text: %s', async (_what, textOf) => {
    const growth = await growthOfLine(PROVIDERS.eduzz, (size) => ticketWith(textOf(size)), SIZE);
    expect(growth).toBeLessThanOrEqual(LINEAR);
  });

  it.each(PAYLOADS)('IN5.8 grows no faster than a payload of many values: %s', async (_what, provider, payloadOf) => {
    expect(await growthOfLine(provider, payloadOf, 10 * SIZE)).toBeLessThanOrEqual(LINEAR);
  });

  it('IN5.8 grows no faster than a form of many fields', async () => {
    const reading = (size: number) => {
      const bytes = Buffer.from(`a=1${'&a'.repeat(size / 2)}`);
      return () => [formBody.read(bytes), anyBody.read(bytes)];
    };
    expect(await growthOf(reading, 20 * SIZE)).toBeLessThanOrEqual(LINEAR);
  });

  it.each(HEADERS)('IN5.8 grows no faster than a header that is refused: %s', async (_what, provider, headersOf) => {
    const refused = (size: number) => {
      const delivery = { ...bare('{}'), headers: headersOf(size) };
      return () => (async () => verify(provider, delivery))().catch(({ code }: { code: string }) => code);
    };
    expect(await refused(SIZE)()).toBe('SIGNATURE_INVALID');
    expect(await growthOf(refused, SIZE)).toBeLessThanOrEqual(LINEAR);
  });

  const readers = Object.entries(READERS).map(([what, read], place) => [what, read, place] as const);

  it.each(readers)('IN5.8 grows no faster than a text that is read as %s', async (_what, read, place) => {
    const texts = Object.entries({ ...TEXTS, ...FULL_TEXTS });
    // Each reader a third of them, so that each text is read by several.
    const some = texts.filter((_text, index) => (index + place) % 3 === 0);
    for (const [name, textOf] of thoroughly(texts, some)) {
      const reading = (size: number) => {
        const text = textOf(size);
        return async () => {
          try {
            await read(text);
          } catch {
            // It does not count as one.
          }
        };
      };
      expect(await growthOf(reading, 4 * SIZE), name).toBeLessThanOrEqual(LINEAR);
    }
  });
});
