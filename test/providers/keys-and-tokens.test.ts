import { createSign, generateKeyPairSync, hash, sign as signWith } from 'node:crypto';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK } from 'jose';
import { expect, it } from 'vitest';
import { formBody } from '../../src/providers/body.ts';
import { deliveryOf } from '../../src/providers/delivery.ts';
import { asymmetric } from '../../src/providers/verify/asymmetric.ts';
import { bodyFields } from '../../src/providers/verify/body-fields.ts';
import { jwtHeader } from '../../src/providers/verify/jwt-header.ts';
import { body, header, time } from '../../src/providers/verify/template.ts';
import { basic, bearer, bodyToken, queryToken } from '../../src/providers/verify/tokens.ts';
import { unsigned } from '../../src/providers/verify/unsigned.ts';
import type { Verifier } from '../../src/providers/verifier.ts';
import { atEnd } from '../support/ending.ts';

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const SECRET = 'a secret of the suite';
const text = '{"a":1}';
const seconds = NOW / 1000;

const check = async (
  verifier: Verifier,
  headers: Record<string, string>,
  given = text,
  { target = '/webhooks/it', at = NOW, from = '192.0.2.1' } = {},
) => verifier.verify(deliveryOf({ headers, body: Buffer.from(given), receivedAt: at, target, from: () => from }));
const refused = expect.objectContaining({ name: 'HookcastError', code: 'SIGNATURE_INVALID' });

const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
const der = (key: typeof rsa.publicKey) => key.export({ type: 'spki', format: 'der' });
const pem = (key: typeof rsa.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
const raw = Buffer.from((ed25519.publicKey.export({ format: 'jwk' }) as { x: string }).x, 'base64url');

/** A server of keys, ended with the test. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  atEnd(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
}

it('IN2.16 checks Ed25519, ECDSA and RSA signatures, with keys however their senders show them', async () => {
  const common = { header: 'x-signature' } as const;
  const discord = { ...common, algorithm: 'ed25519', encoding: 'hex', signed: [header('x-time'), body] } as const;
  for (const key of [
    raw.toString('hex'),
    raw.toString('base64'),
    der(ed25519.publicKey).toString('hex'),
    pem(ed25519.publicKey),
  ]) {
    const verifier = asymmetric({ ...discord, publicKeys: [key] });
    const signature = signWith(null, Buffer.from(`1${text}`), ed25519.privateKey).toString('hex');
    await expect(check(verifier, { 'x-signature': signature, 'x-time': '1' }), key).resolves.toBeDefined();
    await expect(check(verifier, { 'x-signature': signature, 'x-time': '2' })).rejects.toEqual(refused);
    await expect(check(verifier, { 'x-signature': '00', 'x-time': '1' })).rejects.toEqual(refused);
  }
  const sendGrid = { ...common, algorithm: 'ecdsa-p256-sha256', encoding: 'base64' } as const;
  const ecdsa = createSign('sha256').update(text);
  const signature = ecdsa.sign(p256.privateKey, 'base64');
  const byDer = asymmetric({ ...sendGrid, publicKeys: [der(p256.publicKey).toString('base64')] });
  await expect(check(byDer, { 'x-signature': signature })).resolves.toBeDefined();
  await expect(check(byDer, { 'x-signature': signature }, '{"a":2}')).rejects.toEqual(refused);
  const bothNumbers = signWith('sha256', Buffer.from(text), { key: p256.privateKey, dsaEncoding: 'ieee-p1363' });
  const byNumbers = asymmetric({ ...sendGrid, form: 'raw', publicKeys: [p256.publicKey] });
  await expect(check(byNumbers, { 'x-signature': bothNumbers.toString('base64') })).resolves.toBeDefined();
  await expect(check(byNumbers, { 'x-signature': signature })).rejects.toEqual(refused);

  const woovi = { ...common, algorithm: 'rsa-sha256', encoding: 'base64' } as const;
  const byShort = createSign('sha256').update(text).sign(short.privateKey, 'base64');
  await expect(
    check(
      asymmetric({ ...woovi, leastBits: 1024, publicKeys: [Buffer.from(pem(short.publicKey)).toString('base64')] }),
      {
        'x-signature': byShort,
      },
    ),
  ).resolves.toBeDefined();
  expect(() => asymmetric({ ...woovi, publicKeys: [pem(short.publicKey)] })).toThrow('has less than 2048 bits');
  expect(() => asymmetric({ ...woovi, publicKeys: [p256.publicKey] })).toThrow('is not a key of rsa-sha256');
  expect(() => asymmetric({ ...woovi, publicKeys: ['nonsense'] })).toThrow('is not a public key');
  expect(() => asymmetric({ ...woovi, publicKeys: [rsa.privateKey] })).toThrow('is not a public key');
  expect(() => asymmetric({ ...woovi, publicKeys: [''] })).toThrow('publicKeys[0] is missing or empty');
  expect(() => asymmetric(woovi)).toThrow('give either publicKeys or keysAt');
});

it('IN2.16 signs with a key of one’s own what it then takes, by each algorithm', async () => {
  const keys = { ed25519, 'ecdsa-p256-sha256': p256, 'rsa-sha256': rsa, 'rsa-pss-sha256': rsa } as const;
  for (const [algorithm, { publicKey, privateKey }] of Object.entries(keys)) {
    const verifier = asymmetric({
      algorithm: algorithm as keyof typeof keys,
      header: 'x-signature',
      encoding: 'base64url',
      timestamp: { past: 60, future: 60 },
      signed: [time, '.', body],
      publicKeys: [publicKey],
      signingKey: privateKey,
    });
    const made = await verifier.sign!({ a: 1 }, new Date(NOW));
    await expect(check(verifier, { ...made.headers }, made.body), algorithm).resolves.toBeDefined();
    await expect(check(verifier, { ...made.headers }, '{"a":2}'), algorithm).rejects.toEqual(refused);
    await expect(check(verifier, { ...made.headers }, made.body, { at: NOW + 61_000 })).rejects.toThrow(
      '61 seconds ago',
    );
  }
});

it('IN2.17 fetches keys at a fixed address once, again for a new key, and keeps them while the address can’t be reached', async () => {
  let asked = 0;
  let keys: object[] = [
    { ...(await exportJWK(p256.publicKey)), kid: 'one' },
    { kty: 'oct', k: 'AAAA' },
  ];
  let isDown = false;
  const address = await serve((_request, response) => {
    asked += 1;
    response.writeHead(isDown ? 503 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  const options = { algorithm: 'ecdsa-p256-sha256', header: 'x', encoding: 'base64' } as const;
  const verifier = asymmetric({ ...options, keysAt: address });
  const x = createSign('sha256').update(text).sign(p256.privateKey, 'base64');
  for (let times = 0; times < 3; times += 1) await expect(check(verifier, { x })).resolves.toBeDefined();
  expect(asked).toBe(1);
  // Whatever strangers send, nobody is asked more often than twice a minute.
  for (let times = 0; times < 3; times += 1) await expect(check(verifier, { x }, '{}')).rejects.toEqual(refused);
  expect(asked).toBe(1);
  isDown = true;
  await expect(check(verifier, { x })).resolves.toBeDefined();
  keys = [];
  const nobody = asymmetric({ ...options, keysAt: address });
  await expect(check(nobody, { x })).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  expect(() => asymmetric({ ...options, keysAt: 'http://keys.example.com/' })).toThrow('keysAt must be an https: URL');
});

it('IN2.22 asks for a key that a stranger makes up once for each address, and keeps nobody from a new key by that', async () => {
  let asked: string[] = [];
  const keys = new Set(['old']);
  const verifierOf = (keyOf: (kid: string) => Promise<typeof p256.publicKey | null>) =>
    jwtHeader({ header: 'x', bodyClaim: 'hash', bodyEncoding: 'hex', algorithms: ['ES256'], keyOf });
  const named = async (verifier: Verifier, kid: string, from: string) => {
    const token = new SignJWT({ hash: hash('sha256', text) }).setProtectedHeader({ alg: 'ES256', kid });
    return check(verifier, { x: await token.setIssuedAt(seconds).sign(p256.privateKey) }, text, { from });
  };
  const later = { code: 'KEYS_UNAVAILABLE' };
  const [sender, stranger] = ['192.0.2.1', '203.0.113.1'];

  const plaid = verifierOf(async (kid) => {
    asked.push(kid);
    return keys.has(kid) ? p256.publicKey : null;
  });
  await expect(named(plaid, 'old', sender)).resolves.toBeDefined();
  for (let times = 0; times < 2; times += 1) await expect(named(plaid, 'one', stranger)).rejects.toEqual(refused);
  await expect(named(plaid, 'two', stranger)).rejects.toMatchObject(later);
  expect(asked).toEqual(['old', 'one']);
  // An IPv6 address is one of a whole block.
  const block = ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:6:5:4:3'] as const;
  await expect(named(plaid, 'three', block[0])).rejects.toEqual(refused);
  await expect(named(plaid, 'four', block[1])).rejects.toMatchObject(later);
  asked = [];
  keys.add('new');
  await expect(Promise.all([named(plaid, 'new', sender), named(plaid, 'new', sender)])).resolves.toHaveLength(2);
  expect(asked).toEqual(['new']);

  // Strangers with many addresses may have so many names asked for. Then a new key has to wait, and known ones stay good.
  asked = [];
  await Promise.allSettled(Array.from({ length: 40 }, (_, n) => named(plaid, `nobody-${n}`, `198.51.100.${n}`)));
  expect(asked).toHaveLength(30);
  keys.add('newer');
  await expect(named(plaid, 'newer', sender)).rejects.toMatchObject(later);
  await expect(named(plaid, 'new', sender)).resolves.toBeDefined();

  asked = [];
  const silent = verifierOf(async (kid) => {
    asked.push(kid);
    throw new Error('the API does not answer');
  });
  for (const from of [stranger, sender, sender]) await expect(named(silent, 'old', from)).rejects.toMatchObject(later);
  expect(asked).toEqual(['old', 'old']);
});

it('IN2.18 takes a token in a header only with the hash of the body in it, and no older than allowed', async () => {
  const shared = jwtHeader({
    secrets: [SECRET],
    header: 'Authorization',
    prefix: 'Bearer ',
    bodyClaim: 'sha256',
    bodyEncoding: 'base64',
  });
  const token = (
    claims: Record<string, unknown>,
    issued = seconds,
    alg = 'HS256',
    key: Parameters<SignJWT['sign']>[0] = Buffer.from(SECRET),
  ) => new SignJWT(claims).setProtectedHeader({ alg }).setIssuedAt(issued).sign(key);
  const sha256 = hash('sha256', text, 'base64');
  const good = `Bearer ${await token({ sha256 })}`;
  await expect(check(shared, { authorization: good })).resolves.toHaveProperty('payload', { a: 1 });
  await expect(check(shared, { authorization: good }, '{"a":2}')).rejects.toThrow(
    'sha256 of the token is not the hash of this body.',
  );
  await expect(check(shared, { authorization: good.slice(7) })).rejects.toThrow('is not a JWT of three parts');
  await expect(check(shared, { authorization: `Bearer ${await token({})}` })).rejects.toEqual(refused);
  await expect(check(shared, { authorization: `Bearer ${await token({ sha256 }, seconds - 400)}` })).rejects.toThrow(
    '400 seconds ago',
  );
  await expect(check(shared, {})).rejects.toThrow(/^The header authorization is missing\.$/);
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.AA`;
  await expect(check(shared, { authorization: `Bearer ${none}` })).rejects.toEqual(refused);

  let asked: string[] = [];
  const plaid = jwtHeader({
    header: 'plaid-verification',
    bodyClaim: 'request_body_sha256',
    bodyEncoding: 'hex',
    algorithms: ['ES256'],
    keyOf: async (kid) => {
      asked.push(kid);
      return kid === 'known' ? p256.publicKey : null;
    },
  });
  const plaided = (kid: string, key = p256.privateKey) =>
    new SignJWT({ request_body_sha256: hash('sha256', text) })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuedAt(seconds)
      .sign(key);
  for (let times = 0; times < 2; times += 1) {
    await expect(check(plaid, { 'plaid-verification': await plaided('known') })).resolves.toBeDefined();
  }
  for (const kid of ['made up', 'made-up', 'made-up']) {
    await expect(check(plaid, { 'plaid-verification': await plaided(kid) })).rejects.toEqual(refused);
  }
  expect(asked).toEqual(['known', 'made-up']);

  const set = JSON.stringify({ keys: [{ ...(await exportJWK(p256.publicKey)), kid: 'known', alg: 'ES256' }] });
  const jwks = await serve((_request, response) => void response.end(set));
  const published = jwtHeader({
    header: 'x',
    bodyClaim: 'request_body_sha256',
    bodyEncoding: 'hex',
    algorithms: ['ES256'],
    keysAt: jwks,
  });
  await expect(check(published, { x: await plaided('known') })).resolves.toBeDefined();
  await expect(check(published, { x: await plaided('other') })).rejects.toEqual(refused);

  const own = jwtHeader({
    header: 'x',
    bodyClaim: 'b',
    bodyEncoding: 'base64url',
    algorithms: ['EdDSA'],
    publicKeys: [ed25519.publicKey],
    signingKey: ed25519.privateKey,
  });
  for (const verifier of [shared, own]) {
    const { headers, body: made } = await verifier.sign!({ a: 1 }, new Date(NOW));
    await expect(check(verifier, { ...headers }, made)).resolves.toBeDefined();
  }
  expect(() =>
    jwtHeader({
      header: 'x',
      bodyClaim: 'b',
      bodyEncoding: 'hex',
      algorithms: ['HS256'] as never,
      publicKeys: [SECRET],
    }),
  ).toThrow('is not asymmetric');
});

it('IN2.19 checks a signature in the body over the fields that are signed', async () => {
  const adyen = bodyFields({
    secrets: [Buffer.from(SECRET).toString('hex')],
    secretEncoding: 'hex',
    at: ['additionalData', 'hmacSignature'],
    encoding: 'base64',
    fields: [['pspReference'], ['originalReference'], ['amount', 'value'], ['success']],
    join: ':',
    items: ({ notificationItems }) => (notificationItems as { item: unknown }[]).map(({ item }) => item),
  });
  const { createHmac } = await import('node:crypto');
  const item = (
    psp: string,
    signature = createHmac('sha256', SECRET).update(`${psp}::1130:true`).digest('base64'),
  ) => ({
    item: { pspReference: psp, amount: { value: 1130 }, success: 'true', additionalData: { hmacSignature: signature } },
  });
  const sent = (...items: object[]) => JSON.stringify({ notificationItems: items });
  await expect(check(adyen, {}, sent(item('a'), item('b')))).resolves.toBeDefined();
  await expect(check(adyen, {}, sent(item('a'), item('b', 'AAAA')))).rejects.toEqual(refused);
  await expect(check(adyen, {}, sent())).rejects.toThrow('has none of the signed fields');
  await expect(check(adyen, {}, sent({ item: {} }))).rejects.toThrow(
    'The member additionalData.hmacSignature of the body is missing.',
  );

  const mailgun = bodyFields({
    secrets: [SECRET],
    at: ['signature', 'signature'],
    encoding: 'hex',
    fields: [
      ['signature', 'timestamp'],
      ['signature', 'token'],
    ],
    timestamp: { at: ['signature', 'timestamp'], past: 300, future: 60 },
  });
  const made = await mailgun.sign!({ signature: { timestamp: String(seconds), token: 't' } }, new Date(NOW));
  await expect(check(mailgun, {}, made.body)).resolves.toBeDefined();
  await expect(check(mailgun, {}, made.body, { at: NOW + 301_000 })).rejects.toThrow('301 seconds ago');
  await expect(check(mailgun, {}, made.body.replace('"t"', '"u"'))).rejects.toEqual(refused);
  expect(() =>
    bodyFields({
      secrets: [SECRET],
      at: ['s'],
      encoding: 'hex',
      fields: [['a']],
      timestamp: { at: ['t'], past: 1, future: 1 },
    }),
  ).toThrow('must be one of the signed fields');
});

it('IN2.20 takes a token in a header, the query or the body, and keeps it nowhere', async () => {
  const tokens = [SECRET, 'the one before this'] as const;
  const pieces: [Verifier, string][] = [
    [basic({ tokens: ['hooks:a password', SECRET] }), 'The header authorization'],
    [bearer({ tokens: ['token-of-the-suite'] }), 'The header authorization'],
    [queryToken({ param: 'webhookSecret', tokens }), 'The parameter webhookSecret of the URL'],
    [bodyToken({ at: ['auth', 'api_token'], tokens }), 'The member auth.api_token of the body'],
    [bodyToken({ at: ['hottok'], tokens, body: formBody }), 'The member hottok of the body'],
  ];
  for (const [verifier, what] of pieces) {
    const { headers, body: made, query } = await verifier.sign!({ a: 'b' }, new Date(NOW));
    const target = `/webhooks/it${query ? `?${query}` : ''}`;
    const verified = await check(verifier, { ...headers }, made, { target });
    expect(verified.payload['a']).toBe('b');
    expect(JSON.stringify([verified.payload, verified.text])).not.toContain(SECRET);
    await expect(check(verifier, {}, what.includes('hottok') ? 'a=b' : '{}')).rejects.toThrow(`${what} is missing.`);
    const forged = {
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(/.$/, '!')])),
      body: made.replace(/suite/, 'others'),
      target: target.replace('suite', 'others'),
    };
    const sent = check(verifier, forged.headers, forged.body, { target: forged.target });
    await expect(sent, what).rejects.toEqual(refused);
  }
  // Numbers stay as they were sent, though the token was taken out beside them.
  const { text: kept } = await check(
    bodyToken({ at: ['t'], tokens }),
    {},
    `{"n":12345678901234567890,"t":"${SECRET}"}`,
  );
  expect(kept).toBe('{"n":12345678901234567890}');
  expect(() => queryToken({ param: 'x', tokens: ['short'] })).toThrow('too short');
});

it('IN2.21 takes unsigned deliveries only behind a long secret in the path', async () => {
  const secret = 'k3Yq-0uZ_x8bQm4tR7wLp2';
  const verifier = unsigned({ path: [secret] });
  expect(verifier).toMatchObject({ pathSecret: true, unsigned: expect.stringContaining('keep the URL secret') });
  const made = await verifier.sign!({ a: 1 }, new Date(NOW));
  const at = (path: string) => check(verifier, {}, made.body, { target: `/webhooks/strava${path}` });
  await expect(at(made.path!)).resolves.toBeDefined();
  await expect(at(`${made.path}/`)).resolves.toBeDefined();
  await expect(at('/another-secret-of-some-length')).rejects.toEqual(refused);
  for (const path of ['', '/', '//', `/x/${secret}`]) await expect(at(path), path).rejects.toEqual(refused);
  expect(() => unsigned({ path: ['too-short-for-this'] })).toThrow('too short');
  expect(() => unsigned({ path: [`${secret}/${secret}`] })).toThrow('may contain letters');
});
