import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { CompactEncrypt, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { signAsWix, wixSamples } from '../../src/providers/wix/samples.ts';
import { type WixSettings, wix } from '../../src/providers/wix/wix.ts';
import { NOW, keys, pemOf, providerWith, second, stranger, token, verify } from '../fixtures/wix-provider.ts';
import { INSTANCE, bookingCanceled } from '../fixtures/wix.ts';

const SECONDS = NOW / 1000;
const RS256 = { alg: 'RS256' };
const payload = { data: JSON.stringify(bookingCanceled()), iat: SECONDS };
const pem = pemOf(keys.publicKey);
const secondPem = pemOf(second.publicKey);

let good: string;
beforeAll(async () => {
  good = (await signAsWix(bookingCanceled(), keys.privateKey, new Date(NOW))).body;
});

describe('tokens', () => {
  const trusted: [what: string, body: () => string][] = [
    ['of the first key', () => good],
    ['of the second key', () => token(RS256, payload, second.privateKey)],
    ['with no exp', () => token(RS256, payload)],
    ['with an iat in the future', () => token(RS256, { ...payload, iat: SECONDS + 500 })],
    ['with an nbf that our clock is behind', () => token(RS256, { ...payload, nbf: SECONDS + 10 })],
    ['with a trailing newline', () => `${good}\n`],
    ['with trailing and leading space', () => ` \n${good} \r\n`],
    [
      'with a kid that is unknown, and headers that name other keys',
      () => token({ ...RS256, kid: 'unknown', jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/x' }, payload),
    ],
  ];
  it.each(trusted)('IN2.8 accepts a token %s', async (_what, body) => {
    expect((await verify(body())).payload).toMatchObject({ data: { instanceId: INSTANCE } });
  });

  it('IN2.6 holds exp and nbf to the time of receipt, not to the clock of the machine', async () => {
    const { body } = await signAsWix(bookingCanceled(), keys.privateKey, new Date('2001-02-03T04:05:06Z'));
    const signed = Date.parse('2001-02-03T04:05:06Z');
    await verify(body, providerWith(), signed + 300_000_000);
    await expect(verify(body, providerWith(), signed + 300_031_000)).rejects.toThrow(/expired/);
    const early = token(RS256, { ...payload, nbf: SECONDS });
    await verify(early, providerWith(), NOW - 29_000);
    await expect(verify(early, providerWith(), NOW - 31_000)).rejects.toThrow(/nbf/);
  });

  const untrusted: [what: string, body: () => string | Promise<string>][] = [
    ['of the wrong key', () => token(RS256, payload, stranger.privateKey)],
    ['whose payload was changed', () => good.replace(/\.([\w-]{40})/, (part) => part.slice(0, -1) + 'A')],
    ['whose signature was cut', () => good.slice(0, -4)],
    ['with exp past', () => token(RS256, { ...payload, exp: SECONDS - 3_600 })],
    ['with nbf ahead', () => token(RS256, { ...payload, nbf: SECONDS + 3_600 })],
    ['with an exp that is no number', () => token(RS256, { ...payload, exp: 'never' })],
    ['with alg none', () => token({ alg: 'none' }, payload, null) + 'AA'],
    ['without alg', () => token({}, payload)],
    [
      'with HS256 and the public key as its secret',
      () => {
        const [header, body] = token({ alg: 'HS256' }, payload).split('.');
        return `${header}.${body}.${createHmac('sha256', pem).update(`${header}.${body}`).digest('base64url')}`;
      },
    ],
    ['with PS256', () => new SignJWT(payload).setProtectedHeader({ alg: 'PS256' }).sign(keys.privateKey)],
    ['with RS512', () => new SignJWT(payload).setProtectedHeader({ alg: 'RS512' }).sign(keys.privateKey)],
    [
      'that brings its own key',
      () =>
        token(
          { alg: 'RS256', jwk: stranger.publicKey.export({ format: 'jwk' }), jku: 'http://127.0.0.1:1/keys' },
          payload,
          stranger.privateKey,
        ),
    ],
    ['with a critical extension', () => token({ alg: 'RS256', crit: ['exotic'], exotic: true }, payload)],
    ['whose claims are a list', () => token(RS256, [payload])],
    ['whose claims are no JSON', () => token(RS256, 'nothing')],
  ];
  it.each(untrusted)('IN2.8 refuses a token %s', async (_what, body) => {
    await expect(verify(await body())).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  const malformed: [what: string, body: () => string | Promise<string>][] = [
    ['empty', () => ''],
    ['JSON', () => JSON.stringify(bookingCanceled())],
    ['a JSON-quoted token', () => `"${good}"`],
    ['a token inside JSON, {"data":"…"}', () => JSON.stringify({ data: good })],
    ['of 2 parts', () => good.split('.').slice(0, 2).join('.')],
    ['of 4 parts', () => `${good}.${good.split('.')[0]}`],
    [
      'a JWE, of 5 parts',
      () =>
        new CompactEncrypt(Buffer.from('{}'))
          .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
          .encrypt(keys.publicKey),
    ],
    ['not ASCII', () => `${good}é`],
    ['two tokens', () => `${good}\n${good}`],
  ];
  it.each(malformed)('IN5.2 refuses a body that is %s', async (_what, body) => {
    await expect(verify(await body())).rejects.toMatchObject({ code: 'MALFORMED_DELIVERY' });
  });

  it('IN2.8 checks the audience only where an app id is given', async () => {
    const strict = providerWith({ appId: 'app-1' });
    await expect(verify(token(RS256, payload), strict)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await expect(verify(token(RS256, { ...payload, aud: 'app-2' }), strict)).rejects.toThrow(/aud/);
    await verify(token(RS256, { ...payload, aud: 'app-1', iss: 'wix.com' }), strict);
    await verify(token(RS256, { ...payload, aud: 'app-2', iss: 'somebody' }));
  });

  it('IN3.6 gives a retry that was signed anew the same digest', async () => {
    const data = JSON.stringify(bookingCanceled());
    const [one, two] = [1, 2].map((iat) => token(RS256, { data, iat }));
    expect((await verify(one!)).digest).toBe((await verify(two!)).digest);
  });
});

describe('settings', () => {
  it('OPS2.5 takes public keys however they are pasted into the environment', async () => {
    const ways = [
      pem,
      pem.trim().replaceAll('\n', String.raw`\n`),
      Buffer.from(pem).toString('base64'),
      `${secondPem},${pem}`,
      `${secondPem}\n${pem}`,
      `${Buffer.from(secondPem).toString('base64')}, ${Buffer.from(pem).toString('base64')}`,
    ];
    for (const way of ways) {
      const config = readConfig({ EDUZZ_SECRETS: 'x', WIX_PUBLIC_KEYS: way, AUTH_SECRET: 'x'.repeat(32) });
      const source = config.sources.find(({ name }) => name === 'wix') as unknown as WixSettings;
      await verify(good, wix(source));
    }
  });

  it('OPS2.5 takes public keys as text or as key objects from the code that builds it', async () => {
    const ways = [pem, pem.replaceAll('\n', String.raw`\n`), Buffer.from(pem).toString('base64'), keys.publicKey];
    for (const way of ways) await verify(good, wix({ publicKeys: [way] }));
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const unusable: [what: string, publicKeys: WixSettings['publicKeys'], message: RegExp][] = [
    ['no key', [], /must be a list of at least one/],
    ['text that is none', [pem, 'nothing'], /publicKeys\[1\] is not a PEM public key/],
    ['a private key', [keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()], /not a PEM public key/],
    ['a private key object', [keys.privateKey], /not a public key/],
    ['a key that is too short', [small.publicKey], /2,048/],
    ['a key for another algorithm', [createPublicKey(pemOf(curve.publicKey))], /not an RSA key/],
  ];
  it.each(unusable)('OPS2.5 refuses %s', (_what, publicKeys, message) => {
    expect(() => wix({ publicKeys })).toThrow(message);
  });

  it('OPS3.4 signs what it would accept, and only where it has the private key', async () => {
    const trial = wix({ publicKeys: [keys.publicKey], signingKey: keys.privateKey });
    const { body } = await trial.sign!(wixSamples[0]!.payload(), new Date(NOW));
    expect(body.split('.')).toHaveLength(3);
    await verify(body, trial);
    expect(providerWith().sign).toBeNull();
  });
});
