import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { said } from '../../src/declaration/event-type.ts';
import { TicketCancellation } from '../../src/types/ticket-cancellation.ts';
import { event } from '../../src/providers/definition.ts';
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

  it('OPS2.5 refuses keys that are none', () => {
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
    // What says no type is kept under its own id all the same.
    for (const payload of [{}, { type: '' }, { type: 7 }]) {
      expect(await receive(payload)).toMatchObject({
        outcome: 'unfit',
        type: null,
        eventId: ID,
        issues: [{ path: 'type' }],
      });
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
              {
                reference: data.seat,
                title: data.show,
                customer: { email: data.guest.email },
              },
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
