import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { formBody } from '../../src/providers/body.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import { deliveryOf } from '../../src/providers/delivery.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import type { Delivery, Verified } from '../../src/providers/provider.ts';
import { standardWebhooks } from '../../src/providers/standard-webhooks/standard-webhooks.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { jwt } from '../../src/providers/verify/jwt.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { standardSignature } from '../../src/providers/verify/standard-signature.ts';
import type { Verifier } from '../../src/providers/verifier.ts';
import { wix } from '../../src/providers/wix/wix.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const BODY = '{"a":1}';
const SECRET = 'a secret of the suite';

interface Signing {
  readonly secret?: string | Buffer;
  readonly algorithm?: string;
}

const digest = (text: string, { secret = SECRET, algorithm = 'sha256' }: Signing = {}) =>
  createHmac(algorithm, secret).update(text).digest('hex');

const delivery = (headers: Delivery['headers'], body: string | Buffer = BODY, receivedAt = NOW): Delivery =>
  deliveryOf({ headers, body: Buffer.from(body as string), receivedAt });

const invalid = expect.objectContaining({ name: 'HookcastError', code: 'SIGNATURE_INVALID' });
const check = async (verifier: Verifier, ...rest: Parameters<typeof delivery>): Promise<Verified> =>
  verifier.verify(delivery(...rest));

describe('a secret as people paste it', () => {
  const around = [
    (s: string) => `  ${s}\r\n`,
    (s: string) => `"${s}"`,
    (s: string) => `'${s}'\n`,
    (s: string) => `\ufeff${s}\u200b`,
  ];
  const t = String(NOW / 1000);
  const stamped = `t=${t},v1=${digest(`${t}.${BODY}`)}`;
  const takers: [name: string, make: (secret: string) => Pick<Verifier, 'verify'>, headers: Delivery['headers']][] = [
    ['Eduzz', (secret) => eduzz({ secrets: [secret] }), { 'x-signature': digest(BODY) }],
    ['Cal.com', (secret) => calCom({ secrets: [secret] }), { 'x-cal-signature-256': digest(BODY) }],
    ['Calendly', (secret) => calendly({ secrets: [secret] }), { 'calendly-webhook-signature': stamped }],
    ['Stripe', (secret) => stripe({ secrets: [secret] }), { 'stripe-signature': stamped }],
    ['hmac', (secret) => hmac({ secrets: [secret], header: 'x', encoding: 'hex' }), { x: digest(BODY) }],
    ['sharedToken', (token) => sharedToken({ header: 'x', tokens: [token] }), { x: SECRET }],
  ];
  it.each(takers)(
    'OPS2.13 takes a secret without the characters that stand around it: %s',
    async (_name, make, headers) => {
      for (const paste of around) {
        const verifier = make(paste(SECRET));
        const asked = async (given: Delivery['headers']) => verifier.verify(delivery(given));
        await expect(asked(headers), paste(SECRET)).resolves.toHaveProperty('payload', { a: 1 });
        await expect(asked(wrongly(headers))).rejects.toEqual(invalid);
      }
      for (const [odd, reason] of [
        [`${SECRET}\n${SECRET}`, /has a line break or another control character in it; give each secret by itself$/],
        ['whsec_••••••••••••••••', /is masked; show it on the sender's page, and copy it again$/],
        ['edzwgd_******************', /is masked/],
        ['""', /is missing or empty$/],
      ] as const) {
        expect(() => make(odd), odd).toThrow(reason);
        expect(() => make(odd), odd).not.toThrow(SECRET);
      }
    },
  );

  const wrongly = (headers: Delivery['headers']) =>
    Object.fromEntries(Object.keys(headers).map((name) => [name, name === 'x' ? 'another' : `t=${t},v1=00`]));
});

describe('HMAC', () => {
  it('IN2.7 takes the signatures of providers that differ in encoding, prefix, algorithm and secret', async () => {
    const secrets = [SECRET] as const;
    const base64 = createHmac('sha256', SECRET).update(BODY).digest('base64');
    const decoded = Buffer.from('00ff10a5c30b7e91', 'hex');
    const table: [Verifier, Delivery['headers']][] = [
      [hmac({ secrets, header: 'x-cal-signature-256', encoding: 'hex' }), { 'x-cal-signature-256': digest(BODY) }],
      [hmac({ secrets, header: 'x-shopify-hmac-sha256', encoding: 'base64' }), { 'x-shopify-hmac-sha256': base64 }],
      [
        hmac({ secrets, header: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=' }),
        { 'x-hub-signature-256': `sha256=${digest(BODY)}` },
      ],
      [
        hmac({ secrets, header: 'x-hub-signature', encoding: 'hex', prefix: 'sha1=', algorithm: 'sha1' }),
        { 'x-hub-signature': `sha1=${digest(BODY, { algorithm: 'sha1' })}` },
      ],
      [
        hmac({ secrets, header: 'x-long', encoding: 'hex', algorithm: 'sha512' }),
        { 'x-long': digest(BODY, { algorithm: 'sha512' }) },
      ],
      [
        hmac({ secrets: [decoded.toString('hex')], secretEncoding: 'hex', header: 'x-hex', encoding: 'hex' }),
        { 'x-hex': digest(BODY, { secret: decoded }) },
      ],
      [
        hmac({ secrets: [decoded.toString('base64')], secretEncoding: 'base64', header: 'x-b64', encoding: 'hex' }),
        { 'x-b64': digest(BODY, { secret: decoded }) },
      ],
    ];
    for (const [verifier, headers] of table) {
      expect((await check(verifier, headers)).payload).toEqual({ a: 1 });
      await expect(check(verifier, headers, '{"a":2}')).rejects.toEqual(invalid);
      const [[name, value]] = Object.entries(headers) as [[string, string]];
      await expect(check(verifier, { [name]: value.slice(0, 20) })).rejects.toEqual(invalid);
      // A key longer than a block is hashed first, an empty header is no signature.
      await expect(check(verifier, { [name]: '' })).rejects.toEqual(invalid);
      const signed = await verifier.sign!({ a: 1 }, new Date(NOW));
      expect(signed.headers[name]).toBe(value);
    }
    const long = 'k'.repeat(200);
    const verifier = hmac({ secrets: [long], header: 'x', encoding: 'hex', algorithm: 'sha512' });
    await check(verifier, { x: digest(BODY, { secret: long, algorithm: 'sha512' }) });
  });

  it('IN2.7 refuses a prefix that is not expected, and a missing one that is', async () => {
    const verifier = hmac({ secrets: [SECRET], header: 'x', encoding: 'hex', prefix: 'sha256=' });
    for (const x of [
      digest(BODY),
      `SHA256=${digest(BODY)}`,
      `sha256= ${digest(BODY)}`,
      'sha256=',
      `sha1=${digest(BODY)}`,
    ]) {
      await expect(check(verifier, { x }), x).rejects.toEqual(invalid);
    }
  });

  it('IN2.6 reads t=…,v1=… with any number of signatures: t missing, t not an integer, many v1, future t', async () => {
    const verifier = hmac({ secrets: [SECRET], header: 'x', encoding: 'hex', timestamp: { past: 180, future: 60 } });
    const t = NOW / 1000;
    const v1 = digest(`${t}.${BODY}`);
    const wrong = digest('something else');
    const good = [
      `t=${t},v1=${v1}`,
      `v1=${v1},t=${t}`,
      `t=${t},v1=${wrong},v1=${v1}`,
      `t=${t},v1=${v1},v1=${wrong}`,
      `t=${t},v1=,v1=zz,v1=${v1},v0=${wrong},v2=x,flag`,
      `t=${t},${`v1=${wrong},`.repeat(100)}v1=${v1}`,
    ];
    for (const x of good) await expect(check(verifier, { x }), x).resolves.toBeDefined();
    const bad = [
      `v1=${v1}`,
      `t=,v1=${v1}`,
      `t=${t}`,
      `t=${t},v1=`,
      `t=${t},v0=${v1}`,
      `t=${t},V1=${v1}`,
      `t=${t}, v1=${v1}`,
      `t=${t};v1=${v1}`,
      `t=${t},v1=${v1} `,
      `t=${t},v1=${wrong}`,
      `t=${t + 1},v1=${v1}`,
      `${t},${v1}`,
      '',
      ',',
      '=',
    ];
    for (const x of bad) await expect(check(verifier, { x }), x).rejects.toEqual(invalid);
    // Signed as they stand there, and no time all the same.
    for (const odd of [
      '',
      '-1',
      '1e9',
      ` ${t}`,
      `0${t}`,
      `+${t}`,
      `${t}.0`,
      'NaN',
      '0x10',
      '9'.repeat(30),
      `${t}\u0660`,
    ]) {
      const x = `t=${odd},v1=${digest(`${odd}.${BODY}`)}`;
      await expect(check(verifier, { x }), odd).rejects.toEqual(invalid);
    }
    for (const [seconds, isGood] of [
      [-180, true],
      [-181, false],
      [60, true],
      [61, false],
    ] as const) {
      const x = `t=${t + seconds},v1=${digest(`${t + seconds}.${BODY}`)}`;
      const outcome = check(verifier, { x }).then(
        () => true,
        () => false,
      );
      expect(await outcome, String(seconds)).toBe(isGood);
    }
  });

  it('IN2.5 refuses to be made without a secret, and says nothing of those that it has', () => {
    const header = 'x';
    for (const secrets of [[], [''], ['  '], [SECRET, ''], [undefined], undefined, SECRET, [7]]) {
      expect(() => hmac({ secrets: secrets as never, header, encoding: 'hex' })).toThrow(/^hmac \(x\): secrets/);
      expect(() => sharedToken({ tokens: secrets as never, header })).toThrow(/^sharedToken \(x\): tokens/);
      expect(() => standardSignature({ secrets: secrets as never })).toThrow(/^standardSignature: secrets/);
      expect(() => jwt({ publicKeys: secrets as never, algorithms: ['RS256'] })).toThrow(/^jwt: publicKeys/);
    }
    const broken = () => hmac({ secrets: ['geheim'], secretEncoding: 'hex', header, encoding: 'hex' });
    expect(broken).toThrow('hmac (x): secrets[0] is not hex');
    // These decode to no byte at all, or to those that HMAC fills a key up with.
    for (const [secretEncoding, secret] of [
      ['base64', 'A'],
      ['base64', 'AAAA'],

      ['utf8', '\0'],
    ] as const) {
      const empty = () => hmac({ secrets: ['c2VjcmV0c2VjcmV0', secret], secretEncoding, header, encoding: 'hex' });
      expect(empty, secret).toThrow(
        /^hmac \(x\): secrets\[1\] (?:makes an empty key|is missing or empty|is not base64)$/,
      );
    }
    expect(() => hmac({ secrets: ['0000'], secretEncoding: 'hex', header, encoding: 'hex' })).toThrow(
      'makes an empty key',
    );
    expect(() => standardSignature({ secrets: ['whsec_AAAA'] })).toThrow('secrets[0] makes an empty key');
    for (const without of [eduzz, calCom, calendly, stripe, standardWebhooks, wix] as unknown as ((
      none?: never,
    ) => unknown)[]) {
      expect(() => without(), without.name).toThrow(/: (?:secrets|publicKeys) must be a list/);
    }
  });

  it('OPS2.6 refuses secrets that are short enough to be guessed, and takes those that platforms give', () => {
    const [header, encoding] = ['x', 'hex'] as const;
    const short: [() => unknown, string][] = [
      [() => hmac({ secrets: [SECRET, 'guess'], header, encoding }), 'hmac (x): secrets[1] is too short: 5 characters'],
      [
        () => hmac({ secrets: ['00ff10'], secretEncoding: 'hex', header, encoding }),
        'too short: 3 bytes, where 8 are needed',
      ],
      [() => sharedToken({ tokens: ['guess'], header }), 'sharedToken (x): tokens[0] is too short'],
      [() => standardSignature({ secrets: [`whsec_${'a2V5'.repeat(5)}`] }), 'too short: 15 bytes, where 16 are needed'],
      [() => eduzz({ secrets: ['x'] }), 'eduzz: secrets[0] is too short: 1 characters, where 16 are needed'],
      [() => eduzz({ secrets: ['edzwgd_fifteen-letters'] }), 'too short: 15 characters'],
      [() => calCom({ secrets: ['fifteen-letters'] }), 'calcom: secrets[0] is too short'],
      [() => calendly({ secrets: ['fifteen-letters'] }), 'calendly: secrets[0] is too short'],
      [() => stripe({ secrets: ['whsec_fifteen-letters'] }), 'stripe: secrets[0] is too short'],
    ];
    for (const [make, message] of short) {
      expect(make).toThrow(message);
      expect(make).not.toThrow(/guess|letters|00ff/);
    }
    // Of the lengths and forms that Kiwify, Stripe and Eduzz show, and the shortest that Standard Webhooks allows.
    hmac({ secrets: ['k1w2i3f4y5x'], header, encoding, algorithm: 'sha1' });
    stripe({ secrets: [`whsec_${'a1'.repeat(16)}`] });
    eduzz({ secrets: [`edzwgd_${'a1'.repeat(25)}`] });
    standardSignature({ secrets: [`whsec_${'a2V5'.repeat(8)}`] });
  });

  it('IN2.2 finds a header however its name is written, and says of a missing one that it is', async () => {
    const header = 'X-Gym-Signature';
    const missing = 'The header x-gym-signature is missing.';
    for (const [verifier, value] of [
      [hmac({ secrets: [SECRET], header, encoding: 'hex' }), digest(BODY)],
      [sharedToken({ tokens: [SECRET], header }), SECRET],
    ] as const) {
      await expect(check(verifier, { 'x-gym-signature': value })).resolves.toHaveProperty('payload');
      await expect(check(verifier, {})).rejects.toMatchObject({ code: 'SIGNATURE_INVALID', message: missing });
      expect((await verifier.sign!({ a: 1 }, new Date(NOW))).headers).toHaveProperty('x-gym-signature');
    }
    const standard = standardSignature({ secrets: [`whsec_${'a2V5'.repeat(8)}`] });
    await expect(check(standard, { 'webhook-id': 'x', 'webhook-timestamp': '1' })).rejects.toThrow(
      'webhook-signature is missing',
    );
    await expect(check(standard, {})).rejects.toThrow('webhook-id is missing');
  });

  it('IN3.6 knows a delivery that is tried again, signed anew, by the same digest', async () => {
    const verifier = hmac({ secrets: [SECRET], header: 'x', encoding: 'hex', timestamp: { past: 300, future: 300 } });
    const digests = await Promise.all(
      [0, 1].map(async (minutes) => {
        const { headers, body } = await verifier.sign!({ a: 1 }, new Date(NOW + minutes * 60_000));
        return (await check(verifier, headers, body)).digest;
      }),
    );
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('IN2.2 refuses a delivery as wrongly signed if a signed header is missing', async () => {
    const verifier = hmac({
      secrets: [SECRET],
      header: 'x',
      encoding: 'hex',
      before: ({ headers }) => (headers['x-path'] as string).toLowerCase(),
    });
    await expect(check(verifier, { x: digest(BODY) })).rejects.toEqual(invalid);
    await expect(check(verifier, { x: digest(`/a${BODY}`), 'x-path': '/A' })).resolves.toBeDefined();
  });
});

describe('forms', () => {
  it('IN6.8 reads a form’s fields as text, the last of two, and signs it as it was sent', async () => {
    const verifier = hmac({ secrets: [SECRET], header: 'x', encoding: 'hex', body: formBody });
    const body = 'action=old&action=canceled&id=007&note=a+b%26c%C3%A9&__proto__=x&api_key=opens';
    const { payload, text } = await check(verifier, { x: digest(body) }, body);
    expect({ ...payload }).toMatchObject({ action: 'canceled', id: '007', note: 'a b&cé' });
    expect(text).not.toContain('opens');
    expect({}).not.toHaveProperty('x');
    for (const other of ['', 'plain text', '{"a":"b=c"}', '[1=2]', '<a b="c">', '=x']) {
      await expect(check(verifier, { x: digest(other) }, other), other).rejects.toMatchObject({
        code: 'MALFORMED_DELIVERY',
      });
    }
    const signed = await verifier.sign!({ action: 'canceled', id: 7 }, new Date(NOW));
    expect((await check(verifier, signed.headers, signed.body)).payload).toEqual({ action: 'canceled', id: '7' });
  });
});

describe('a shared token', () => {
  it('IN2.4 takes any of the tokens, and no other text of any length', async () => {
    const verifier = sharedToken({ header: 'x-token', tokens: ['the new one', 'the old one'] });
    for (const token of ['the new one', 'the old one'])
      await expect(check(verifier, { 'x-token': token })).resolves.toBeDefined();
    for (const token of [
      undefined,
      '',
      'the new on',
      'the new one.',
      'NEW',
      ' new',
      ['new'],
      ['new', 'old'],
      'new,old',
      '\0',
      'x'.repeat(1e6),
    ]) {
      await expect(check(verifier, { 'x-token': token })).rejects.toEqual(invalid);
    }
    const signed = await verifier.sign!({ a: 1 }, new Date(NOW));
    expect(await check(verifier, signed.headers, signed.body)).toMatchObject({ payload: { a: 1 } });
  });
});

describe('JWT', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const make = (claims: Record<string, unknown> = {}, { alg = 'RS256', key = rsa.privateKey } = {}) =>
    new SignJWT({ a: 1, ...claims }).setProtectedHeader({ alg }).sign(key);

  it('IN2.4 takes a token of any of the keys, by the gateway’s clock', async () => {
    const pem = other.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const verifier = jwt({ publicKeys: [ec.publicKey, pem, rsa.publicKey], algorithms: ['RS256', 'ES256'] });
    for (const { alg, key } of [
      { alg: 'RS256', key: rsa.privateKey },
      { alg: 'RS256', key: other.privateKey },
      { alg: 'ES256', key: ec.privateKey },
    ]) {
      expect((await check(verifier, {}, await make({}, { alg, key }))).payload).toEqual({ a: 1 });
    }
    const seconds = NOW / 1000;
    await expect(check(verifier, {}, `${await make({ exp: seconds + 1 })}\n`)).resolves.toBeDefined();
    await expect(check(verifier, {}, await make({ exp: seconds - 60 }))).rejects.toEqual(invalid);
    await expect(check(verifier, {}, await make({ nbf: seconds + 60 }))).rejects.toEqual(invalid);
  });

  it('IN2.8 refuses other algorithms, other keys, other audiences, and text that is not a token', async () => {
    const publicKeys = [rsa.publicKey] as const;
    const verifier = jwt({ publicKeys, algorithms: ['RS256'], issuer: 'them', audience: 'us' });
    const right = { iss: 'them', aud: 'us' };
    await expect(check(verifier, {}, await make(right))).resolves.toBeDefined();
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const confused = await new SignJWT(right).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(pem));
    const refused = [
      await make({ ...right, iss: 'me' }),
      await make({ ...right, aud: 'you' }),
      await make({}),
      await make(right, { alg: 'RS512' }),
      await make(right, { alg: 'PS256' }),
      await make(right, { key: other.privateKey }),
      await make(right, { alg: 'ES256', key: ec.privateKey }),
      confused,
    ];
    for (const token of refused) await expect(check(verifier, {}, token), token).rejects.toEqual(invalid);
    const token = await make(right);
    const none = new UnsecuredJWT(right).encode();
    for (const garbled of [
      '',
      '.',
      '..',
      none,
      `${token}.x`,
      `"${token}"`,
      token.split('.').slice(0, 2).join('.'),
      '{}',
    ]) {
      await expect(check(verifier, {}, garbled), garbled).rejects.toMatchObject({ name: 'HookcastError' });
    }
  });

  it('IN3.5 tells events apart that differ in their jti only, and knows one that is signed anew by it', async () => {
    const verifier = jwt({ publicKeys: [rsa.publicKey], algorithms: ['RS256'] });
    const verified = async (claims: Record<string, unknown>) => check(verifier, {}, await make(claims));
    const [first, other] = [await verified({ jti: 'e1' }), await verified({ jti: 'e2' })];
    expect([first.id, other.id]).toEqual(['e1', 'e2']);
    expect(first.digest).not.toBe(other.digest);
    const again = await verified({ jti: 'e1', iat: NOW / 1000 - 5 });
    expect([again.id, again.digest]).toEqual([first.id, first.digest]);
    for (const jti of ['', null, {}, 'x'.repeat(300)]) expect(await verified({ jti })).not.toHaveProperty('id');
    expect(() => jwt({ publicKeys: [rsa.publicKey], algorithms: ['HS256' as never] })).toThrow('jwt: algorithms[0]');
  });

  it('IN3.6 knows a token that is signed anew by the same digest, and keeps every digit', async () => {
    const verifier = jwt({ publicKeys: [rsa.publicKey], algorithms: ['RS256'], signingKey: rsa.privateKey });
    const signed = await Promise.all(
      [0, 1].map(async (minutes) => verifier.sign!({ id: '1' }, new Date(NOW + minutes * 60_000))),
    );
    const [first, second] = await Promise.all(signed.map(({ body }) => check(verifier, {}, body)));
    expect(first!.digest).toBe(second!.digest);
    expect(first!.digest).not.toBe((await check(verifier, {}, await make({ id: '2' }))).digest);
    const raw = Buffer.from('{"id":12345678901234567890}').toString('base64url');
    const head = Buffer.from('{"alg":"RS256"}').toString('base64url');
    const signature = signWith('sha256', Buffer.from(`${head}.${raw}`), rsa.privateKey).toString('base64url');
    expect((await check(verifier, {}, `${head}.${raw}.${signature}`)).payload).toEqual({ id: '12345678901234567890' });
    expect(jwt({ publicKeys: [rsa.publicKey], algorithms: ['RS256'] }).sign).toBeNull();
  });
});
