import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { otherEvent, said } from '../../src/declaration/event-type.ts';
import { event } from '../../src/providers/definition.ts';
import { TicketCancellation } from '../../src/types/ticket-cancellation.ts';
import type { Delivery } from '../../src/providers/provider.ts';
import { standardWebhooks } from '../../src/providers/standard-webhooks/standard-webhooks.ts';
import { standardSignature } from '../../src/providers/verify/standard-signature.ts';
import { seatCancelled } from '../fixtures/providers.ts';

const KEY = Buffer.from('thirty-two bytes of a shared key');
const SECRET = `whsec_${KEY.toString('base64')}`;
const body = JSON.stringify(seatCancelled());
// The library asks the machine's clock.
const T = Math.floor(Date.now() / 1000);
const ID = 'msg_of_the_suite';
const library = new Webhook(SECRET);
const provider = standardWebhooks({ secrets: [SECRET] });

const v1 = (id = ID, t: number | string = T, text = body, key = KEY) =>
  `v1,${createHmac('sha256', key).update(`${id}.${t}.${text}`).digest('base64')}`;
const headersOf = (signature: string, id = ID, t: number | string = T): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(t),
  'webhook-signature': signature,
});
const refused = { name: 'HookcastError', code: 'SIGNATURE_INVALID' };

function theirs(headers: Delivery['headers'], text: string): boolean {
  try {
    library.verify(text, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

function ours(headers: Delivery['headers'], text: string, by = provider): boolean {
  try {
    void by.verify({ headers, body: Buffer.from(text), receivedAt: Date.now() });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'HookcastError' });
    return false;
  }
}

describe('the library of Standard Webhooks', () => {
  const wrong = `v1,${Buffer.alloc(32).toString('base64')}`;
  const made = library.sign(ID, new Date(T * 1000), body);
  const same: [what: string, headers: Delivery['headers'], accepted: boolean, text?: string][] = [
    ['made by the library', headersOf(made), true],
    ['nearly five minutes old', headersOf(v1(ID, T - 290), ID, T - 290), true],
    ['more than five minutes old', headersOf(v1(ID, T - 310), ID, T - 310), false],
    ['nearly five minutes ahead', headersOf(v1(ID, T + 290), ID, T + 290), true],
    ['more than five minutes ahead', headersOf(v1(ID, T + 310), ID, T + 310), false],
    ['of another secret', headersOf(v1(ID, T, body, Buffer.from('another'))), false],
    ['of a body that was tampered with', headersOf(made), false, body.replace('row', 'raw')],
    ['of another id', headersOf(made, 'msg_other'), false],
    ['of another time', headersOf(made, ID, T + 1), false],
    ['one of two, the second', headersOf(`${wrong} ${made}`), true],
    ['one of two, the first', headersOf(`${made} ${wrong}`), true],
    ['neither of two', headersOf(`${wrong} ${wrong}`), false],
    ['beside versions that are not known', headersOf(`v0,abc v2,def ${made} v1a,ghi x`), true],
    ['of an unknown version alone', headersOf(made.replace('v1,', 'v2,')), false],
    ['with two blanks between', headersOf(`${wrong}  ${made}`), true],
    ['with something behind a second comma', headersOf(`${made},x`), true],
    ['with a comma between two', headersOf(`${wrong},${made}`), false],
    ['with another blank between', headersOf(`${wrong}\t${made}`), false],
    ['without its version', headersOf(made.slice(3)), false],
    ['in capital letters', headersOf(made.replace('v1', 'V1')), false],
    ['cut short', headersOf(made.slice(0, -1)), false],
    ['empty', headersOf(''), false],
    ['signed without the id', headersOf(v1('').replace('..', '.')), false],
    ['without an id', { ...headersOf(made), 'webhook-id': undefined }, false],
    ['with an empty id', headersOf(v1(''), ''), false],
    ['without a time', { ...headersOf(made), 'webhook-timestamp': undefined }, false],
    ['with a time that is a word', headersOf(v1(ID, 'now'), ID, 'now'), false],
    ['missing', { ...headersOf(made), 'webhook-signature': undefined }, false],
    ['of a body that is no JSON', headersOf(v1(ID, T, '{')), false, '{'],
  ];
  it.each(same)(
    'IN2.9 accepts or refuses a signature %s just as hookcast does',
    (_what, headers, accepted, text = body) => {
      expect(theirs(headers, text)).toBe(accepted);
      expect(ours(headers, text)).toBe(accepted);
    },
  );

  const svix = Object.fromEntries(
    Object.entries(headersOf(made)).map(([name, value]) => [name.replace('webhook', 'svix'), value]),
  );
  const different: [
    what: string,
    why: string,
    headers: Delivery['headers'],
    theirs: boolean,
    ours: boolean,
    text?: string,
  ][] = [
    ['in headers of Svix', 'the same by an older name', svix, false, true],
    ['of a time with letters behind', 'not a time', headersOf(made, ID, `${T}x`), true, false],
    ['of a time with a zero before it', 'not how it is written', headersOf(made, ID, `0${T}`), true, false],
    ['of an empty body', 'not an event', headersOf(v1(ID, T, '')), true, false, ''],
    ['of JSON that is no object', 'not an event', headersOf(v1(ID, T, '[]')), true, false, '[]'],
    [
      'of an id that reaches into the body',
      'a part of a body would be another',
      headersOf(v1(`a.${T}.{"x":"`), `a.${T}.{"x":"`),
      true,
      false,
    ],
  ];
  it.each(different)(
    'IN2.9 differs on purpose on a signature %s: %s',
    (_what, _why, headers, library, hookcast, text = body) => {
      expect({ theirs: theirs(headers, text), ours: ours(headers, text) }).toEqual({ theirs: library, ours: hookcast });
    },
  );

  it('IN2.9 takes what hookcast signs', async () => {
    const signed = await provider.sign!(seatCancelled(), new Date());
    expect(theirs(signed.headers, signed.body)).toBe(true);
    expect(ours(signed.headers, signed.body)).toBe(true);
  });
});

describe('Standard Webhooks', () => {
  const pair = generateKeyPairSync('ed25519');
  const raw = (key: typeof pair.privateKey, member: 'x' | 'd') =>
    Buffer.from(key.export({ format: 'jwk' })[member] as string, 'base64url');
  const publicKey = `whpk_${raw(pair.privateKey, 'x').toString('base64')}`;
  const seed = raw(pair.privateKey, 'd');
  const privateKey = `whsk_${seed.toString('base64')}`;
  const v1a = (text = body, key = pair.privateKey) =>
    `v1a,${signWith(null, Buffer.from(`${ID}.${T}.${text}`), key).toString('base64')}`;

  it('IN2.4 takes v1a signatures of a public key, alone and beside shared secrets', () => {
    const asymmetric = standardWebhooks({ secrets: [publicKey] });
    const both = standardWebhooks({ secrets: [SECRET, publicKey] });
    const stranger = v1a(body, generateKeyPairSync('ed25519').privateKey);
    for (const by of [asymmetric, both]) {
      expect(ours(headersOf(v1a()), body, by)).toBe(true);
      expect(ours(headersOf(`v1,${'A'.repeat(43)}= ${stranger} ${v1a()}`), body, by)).toBe(true);
      for (const bad of [stranger, v1a('{}'), v1a().replace('v1a', 'v1'), v1a().slice(0, -4), 'v1a,', 'v1a']) {
        expect(ours(headersOf(bad), body, by), bad).toBe(false);
      }
    }
    expect(ours(headersOf(v1()), body, both)).toBe(true);
    expect(ours(headersOf(v1()), body, asymmetric)).toBe(false);
    // The public key is known to everybody, and no secret of theirs.
    const forged = v1(ID, T, body, Buffer.from(publicKey.slice(5), 'base64'));
    expect(ours(headersOf(forged), body, asymmetric)).toBe(false);
    expect(ours(headersOf(v1a()), body, provider)).toBe(false);
  });

  it('OPS3.4 signs samples with a shared secret, a private key, or both, and with a public key not at all', async () => {
    const full = `whsk_${Buffer.concat([seed, raw(pair.privateKey, 'x')]).toString('base64')}`;
    for (const [secrets, versions] of [
      [[SECRET], ['v1']],
      [[privateKey], ['v1a']],
      [
        [full, SECRET],
        ['v1', 'v1a'],
      ],
    ] as const) {
      const by = standardWebhooks({ secrets });
      const signed = await by.sign!(by.samples[0]!.payload(), new Date());
      const found = signed.headers['webhook-signature']!.split(' ').map((text) => text.split(',')[0]);
      expect(found).toEqual(versions);
      expect(ours(signed.headers, signed.body, by)).toBe(true);
      if (secrets[0] !== SECRET)
        expect(ours(signed.headers, signed.body, standardWebhooks({ secrets: [publicKey] }))).toBe(true);
    }
    expect(standardWebhooks({ secrets: [publicKey] }).sign).toBeNull();
  });

  it('OPS2.5 refuses invalid keys', () => {
    for (const secret of [
      'whsec_',
      'whsec_!!!',
      'whpk_AAAA',
      'whsk_AAAA',
      `whpk_${'A'.repeat(88)}`,
      'not base64 at all',
    ]) {
      expect(() => standardSignature({ secrets: [secret] }), secret).toThrow(
        /^standardSignature: secrets\[0\] is not /,
      );
    }
    expect(() => standardSignature({ secrets: [KEY.toString('base64')] })).not.toThrow();
    expect(() => standardSignature({ secrets: [SECRET.replace(/=+$/, '')] })).not.toThrow();
  });

  const signedWith = (key: Buffer | string) => headersOf(v1(ID, T, body, Buffer.from(key as string)));

  const ODD = Buffer.alloc(32, 0xfb);

  it('OPS2.13 takes a secret as its sender’s page shows it, and tells how the sender signs with it', () => {
    const base64 = KEY.toString('base64');
    const shown: [secret: string, key: Buffer | string][] = [
      [SECRET, KEY],
      // Supabase: the version before it, and several with a bar between them.
      [`v1,${SECRET}`, KEY],
      [`v1,whsec_${Buffer.alloc(32, 'x').toString('base64')}|v1,${SECRET}`, KEY],
      // Polar signs with the text; its library also knows the bytes behind the prefix.
      [
        'polar_whs_PC8ViaeyUNK7tJMWr8IImhf1Uhjcnqn1lxZnm1BrbGg',
        'polar_whs_PC8ViaeyUNK7tJMWr8IImhf1Uhjcnqn1lxZnm1BrbGg',
      ],
      [`polar_whs_${base64}`, KEY],
      // Whop and other senders that use the text as key, also if it looks like base64 or is hex.
      ['ws_5f4dcc3b5aa765d61d8327deb882cf99', 'ws_5f4dcc3b5aa765d61d8327deb882cf99'],
      ['0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef'],
      ['a-secret_of~somebody.else!', 'a-secret_of~somebody.else!'],
      [base64, base64],
      // As the specification's library takes it, and in base64's other alphabet.
      [base64, KEY],
      [`whsec_${ODD.toString('base64url')}`, ODD],
    ];
    for (const [secret, key] of shown) {
      for (const pasted of [secret, ` ${secret}\r\n`, `"${secret}"`, `'${secret}'\n`, `\u200b${secret}\ufeff`]) {
        const by = standardWebhooks({ secrets: [pasted] });
        expect(ours(signedWith(key), body, by), pasted).toBe(true);
        expect(ours(signedWith('another key of the suite'), body, by)).toBe(false);
      }
    }
    // Where it is known, nothing is tried.
    const text = standardWebhooks({ secrets: [SECRET], secretEncoding: 'utf8' });
    expect([ours(signedWith(SECRET), body, text), ours(signedWith(KEY), body, text)]).toEqual([true, false]);
    const bytes = standardWebhooks({ secrets: [base64], secretEncoding: 'base64' });
    expect([ours(signedWith(base64), body, bytes), ours(signedWith(KEY), body, bytes)]).toEqual([false, true]);
    const asymmetric = standardWebhooks({ secrets: [`v1a,${publicKey}`] });
    expect(ours(headersOf(v1a()), body, asymmetric)).toBe(true);
    expect(
      ours(headersOf(v1a()), body, standardWebhooks({ secrets: [`"${privateKey}"`], secretEncoding: 'utf8' })),
    ).toBe(true);
  });

  it('OPS2.13 says why a text can’t be a secret, without showing it', () => {
    const why: [secret: string, reason: RegExp][] = [
      ['whsec_not!base64!', /is not base64 after whsec_.*copy all of it, or, .* set secretEncoding .* to utf8/],
      ['whsec_c2hvcnQ=', /is too short: 5 bytes/],
      ['polar_whs_short', /is too short: 5 characters/],
      ['ws_aaaaaaaaaaaaa', /is too short: 13 characters/],
      [`whsec_${Buffer.alloc(32).toString('base64')}`, /makes an empty key/],
      ['whsec_••••••••••••••••', /is masked; show it on the sender's page/],
      ['polar_whs_****************', /is masked/],
      ['https://partner.example/webhooks/standard', /is not a secret: it is a URL/],
      ['polar_oat_WLskrsu0WnvSXEOhZpUeXxrtshEFkhyB', /is not a secret: it is a key or a token of the API/],
      ['the secret of the partner', /is not a secret: it has a blank in it; .*secretEncoding .* to utf8/],
      [`${SECRET}\n${SECRET}`, /has a line break or another control character in it/],
      ['whpk_AAAA', /is not 32 bytes of base64 after whpk_/],
      ['\u200b\u200b', /is missing or empty/],
    ];
    for (const [secret, reason] of why) {
      const making = () => standardWebhooks({ name: 'partner', secrets: [SECRET, secret] });
      expect(making, secret).toThrow(reason);
      expect(making, secret).toThrow(/^partner: secrets\[1\] [^\n]*$/);
      if (secret.length > 6) expect(making, secret).not.toThrow(secret.slice(6, 14));
    }
    expect(() => standardWebhooks({ secrets: [SECRET], secretEncoding: 'hex' as never })).toThrow(
      /secretEncoding must/,
    );
    // A text with a blank is a secret all the same if the operator says so.
    const spoken = 'the secret of the partner';
    const by = standardWebhooks({ secrets: [spoken], secretEncoding: 'utf8' });
    expect(ours(signedWith(spoken), body, by)).toBe(true);
  });

  it('IN2.2 takes no header twice, and no half of another family', () => {
    const good = headersOf(v1());
    for (const name of Object.keys(good)) {
      expect(ours({ ...good, [name]: [good[name]!] }, body), name).toBe(false);
      const { [name]: value, ...rest } = good;
      expect(ours({ ...rest, [name.replace('webhook', 'svix')]: value }, body), name).toBe(false);
    }
    for (const id of ['a b', 'a{b', 'x'.repeat(300), 'é', '"']) {
      expect(() =>
        provider.verify({ headers: headersOf(v1(id), id), body: Buffer.from(body), receivedAt: T * 1000 }),
      ).toThrow(expect.objectContaining(refused));
    }
    expect(ours(headersOf(v1('ns.1:x~+/=-_'), 'ns.1:x~+/=-_'), body)).toBe(true);
  });

  const place = { source: 'partner', receivedAt: T * 1000 };
  const receive = async (payload: unknown, by = provider, id = ID) => {
    const text = JSON.stringify(payload);
    const delivery = { headers: headersOf(v1(id, T, text), id), body: Buffer.from(text), receivedAt: T * 1000 };
    return by.normalise(await by.verify(delivery), place);
  };

  it('IN4.9 records any event by its webhook-id, with the type and the time of the body', async () => {
    expect(await receive(seatCancelled())).toMatchObject({
      outcome: 'event',
      event: {
        provider: 'standard-webhooks',
        eventId: ID,
        type: 'seat.cancelled',
        tenant: 'standard-webhooks:partner',
        occurredAt: { at: Date.parse('2026-05-08T09:10:11.121Z'), text: '2026-05-08T09:10:11.121314Z' },
        shape: 'OtherEvent',
      },
    });
    for (const timestamp of [undefined, null, 7, 'soon']) {
      expect(await receive({ type: 'x', timestamp })).toMatchObject({ event: { occurredAt: { at: T * 1000 } } });
    }
    // An event without a type is kept under its own id all the same.
    for (const payload of [{}, { type: '' }, { type: 7 }]) {
      expect(await receive(payload)).toMatchObject({
        outcome: 'unfit',
        type: null,
        eventId: ID,
        issues: [{ path: 'type' }],
      });
    }
  });

  it('IN6.13 finds the name and the time of an event where senders put them', async () => {
    const at = Date.parse('2026-05-08T09:10:11.000Z');
    const bodies: [payload: Record<string, unknown>, type: string, at: number][] = [
      [{ type: 'user.created', timestamp: at / 1000, data: {} }, 'user.created', at],
      [{ type: 'user.created', timestamp: at + 121, data: {} }, 'user.created', at + 121],
      [{ type: 'user.created', timestamp: String(at), data: {} }, 'user.created', at],
      [{ type: 'response.completed', object: 'event', created_at: at / 1000 }, 'response.completed', at],
      [{ type: 'email.sent', created_at: '2026-05-08T09:10:11.000Z' }, 'email.sent', at],
      [{ event_type: 'card.created', createdAt: '2026-05-08T11:10:11+02:00' }, 'card.created', at],
      [{ eventType: 'card.created', occurred_at: 'Fri, 08 May 2026 09:10:11 GMT' }, 'card.created', at],
      [{ event: 'bot.done', event_time: '2026-05-08 09:10:11 UTC' }, 'bot.done', at],
      // An odd one counts as none, and an event that is an object is no name.
      [{ type: null, event: { id: 1 }, event_type: 'a.b', timestamp: 'soon', created: at / 1000 }, 'a.b', at],
      [{ type: 'the.first', event_type: 'another', event: 'third', timestamp: at, created_at: 1 }, 'the.first', at],
      [{ type: 'undated', timestamp: 7, date: '2026-05-08' }, 'undated', T * 1000],
    ];
    for (const [payload, type, time] of bodies) {
      expect(await receive(payload), JSON.stringify(payload)).toMatchObject({
        outcome: 'event',
        event: { type, eventId: ID, occurredAt: { at: time } },
      });
    }
    expect(await receive({ type: 'x', timestamp: 1778231411121 })).toMatchObject({
      event: { occurredAt: { text: '1778231411121' } },
    });
  });

  it('IN6.13 looks where the options say, and nowhere else', async () => {
    const hook = { metadata: { name: 'before-user-created', time: '2026-05-08T09:10:11Z' }, type: 'x', timestamp: 1e9 };
    const supabase = standardWebhooks({
      secrets: [SECRET],
      typeAt: ['metadata', 'name'],
      timeAt: ['metadata', 'time'],
      events: { 'before-user-created': event(z.object({ metadata: z.object({}) }), () => otherEvent()) },
    });
    expect(await receive(hook, supabase)).toMatchObject({
      event: { type: 'before-user-created', occurredAt: { text: '2026-05-08T09:10:11Z' } },
    });
    const [sample] = supabase.samples;
    const payload = sample!.payload();
    expect(payload).toMatchObject({ metadata: { name: 'seat.cancelled', time: '2026-04-04T18:30:00.100200Z' } });
    expect(await receive(payload, supabase)).toMatchObject({ event: { type: 'seat.cancelled' } });
    for (const metadata of [{}, null, 'name', { name: 7 }, ['name']]) {
      expect(await receive({ ...hook, metadata }, supabase)).toMatchObject({
        outcome: 'unfit',
        issues: [{ path: 'metadata.name', message: expect.stringMatching(/typeAt.*defaultType/) }],
      });
    }
    for (const name of ['constructor', '__proto__', 'toString']) {
      const odd = standardWebhooks({ secrets: [SECRET], typeAt: [name, 'name'] });
      expect(await receive({ a: 1 }, odd)).toMatchObject({ outcome: 'unfit' });
    }
  });

  it('IN6.13 records an event without a name under the one that the operator gives', async () => {
    const seat = z.object({ seat: z.string() });
    const unnamed = standardWebhooks({
      secrets: [SECRET],
      defaultType: 'prediction',
      events: { prediction: event(seat, TicketCancellation, ({ seat }) => ({ reference: seat })) },
    });
    expect(await receive({ seat: 'row-1' }, unnamed)).toMatchObject({
      event: { type: 'prediction', shape: 'TicketCancellation' },
    });
    expect(await receive({ seat: 7 }, unnamed)).toMatchObject({ outcome: 'unfit', type: 'prediction' });
    expect(await receive({ type: 'named', seat: 7 }, unnamed)).toMatchObject({ event: { type: 'named' } });
    const both = standardWebhooks({ secrets: [SECRET], typeAt: ['data', 'type'], defaultType: 'prediction' });
    expect(await receive({ type: 'elsewhere' }, both)).toMatchObject({ event: { type: 'prediction' } });
  });

  it('OPS2.5 refuses options that name no place, or no type', () => {
    for (const options of [{ typeAt: 'metadata.name' }, { timeAt: [] }, { typeAt: [7] }, { defaultType: '' }]) {
      const option = Object.keys(options)[0]!;
      expect(() => standardWebhooks({ secrets: [SECRET], ...(options as object) })).toThrow(
        new RegExp(`^standard-webhooks: ${option} must be`),
      );
    }
  });

  it('IN4.9 tells two messages of one body apart, and a retry of one from neither', async () => {
    const digest = async (id: string, t: number) => {
      const delivery = { headers: headersOf(v1(id, t), id, t), body: Buffer.from(body), receivedAt: T * 1000 };
      return (await provider.verify(delivery)).digest;
    };
    expect(await digest('a', T)).toBe(await digest('a', T - 60));
    expect(await digest('a', T)).not.toBe(await digest('b', T));
  });

  it('IN6.4 makes a typed provider of a user’s own schemas', async () => {
    const own = standardWebhooks({
      name: 'theatre',
      secrets: [SECRET],
      account: (payload) => (typeof payload['house'] === 'string' ? payload['house'] : null),
      events: {
        'seat.cancelled': event(
          z.object({ data: z.object({ seat: z.string(), show: z.string(), guest: z.object({ email: z.string() }) }) }),
          ({ data }, about) =>
            said(
              TicketCancellation,
              { reference: data.seat, title: data.show, customer: { email: data.guest.email } },
              { subject: about.eventId === ID ? 'ticket/1' : null },
            ),
        ),
      },
    });
    expect(await receive({ ...seatCancelled(), house: 'globe' }, own)).toMatchObject({
      event: {
        tenant: 'theatre:globe',
        subject: 'ticket/1',
        shape: 'TicketCancellation',
        data: { title: 'The Tempest' },
        personal: { reference: 'row-1-seat-2', customer: { email: 'pia@ersonnen.example' } },
      },
    });
    expect(await receive(seatCancelled({ show: 7 }), own)).toMatchObject({
      outcome: 'unfit',
      issues: [{ path: 'data.show' }],
    });
    expect(own.expectedFields('seat.cancelled')).toContain('data.guest.email');
    expect(own.expectedFields('seat.sold')).toBeNull();
  });
});
