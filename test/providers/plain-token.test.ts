import { createSign, generateKeyPairSync } from 'node:crypto';
import { type JWTVerifyOptions, errors, jwtVerify } from 'jose';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { judge } from '../../src/providers/verify/plain-token.ts';

const NOW = 1_780_000_000;
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encoded = (text: string) => Buffer.from(text).toString('base64url');

function signed(header: string, claims: string, key = keys.privateKey): string {
  const said = `${encoded(header)}.${encoded(claims)}`;
  return `${said}.${createSign('sha256').update(said).sign(key).toString('base64url')}`;
}

const GOOD = '{"alg":"RS256"}';
const asItIs = (token: string) => token;
const plain = { algorithms: ['RS256'], clockTolerance: 30, currentDate: new Date(NOW * 1_000) };

/** The result of jose for a token. */
async function joseOf(token: string, options: JWTVerifyOptions) {
  try {
    await jwtVerify(token, keys.publicKey, options);
    return 'good';
  } catch (error) {
    return error instanceof errors.JWSSignatureVerificationFailed ? 'forged' : 'refused';
  }
}

it('IN2.8 takes a token without jose only where jose takes it, and calls forged only what jose calls so', async () => {
  const time = fc.oneof(
    fc.integer({ min: NOW - 40, max: NOW + 40 }),
    fc.constantFrom<unknown>(null, 'never', 1e300, -1, NOW + 0.5, true),
  );
  const header = fc.constantFrom(
    GOOD,
    '{"alg":"RS256","typ":"JWT","kid":"x","jku":"http://127.0.0.1:1/"}',
    '{"alg":"none","alg":"RS256"}',
    '{"alg":"RS512"}',
    '{"alg":"none"}',
    '{"alg":"RS256","crit":["b64"],"b64":false}',
    '{"alg":"RS256","crit":["x"],"x":1}',
    '{"alg":"RS256","b64":true}',
    '{"alg":["RS256"]}',
    '["RS256"]',
    'no JSON',
  );
  const claims = fc.oneof(
    fc.record(
      {
        data: fc.constant('{}'),
        iat: time,
        nbf: time,
        exp: time,
        aud: fc.constantFrom<unknown>('app', 'other', ['app'], ['other'], null),
        iss: fc.constantFrom<unknown>('wix', 'other', ['wix']),
      },
      { requiredKeys: [] },
    ),
    fc.constantFrom<unknown>([], 'text', 1, null, {}),
  );
  const options = fc.constantFrom<JWTVerifyOptions>(
    plain,
    { ...plain, audience: 'app' },
    { ...plain, issuer: 'wix' },
    { ...plain, algorithms: ['ES256'] },
    { ...plain, maxTokenAge: 10 },
    { ...plain, subject: 'x' },
  );
  const change = fc.constantFrom<(token: string) => string>(
    asItIs,
    (token) => token.slice(0, -4),
    (token) => `${token}A`,
    (token) => token.replace('.', '.A'),
    (token) => `${token}.x`,
    (token) => token.split('.').slice(0, 2).join('.'),
  );
  const counts = { good: 0, forged: 0, unsure: 0 };
  await fc.assert(
    fc.asyncProperty(header, claims, options, change, fc.boolean(), async (head, said, asked, alter, isOurs) => {
      const token = alter(signed(head, JSON.stringify(said), (isOurs ? keys : stranger).privateKey));
      const verdict = judge(token, keys.publicKey, asked);
      counts[verdict] += 1;
      if (verdict !== 'unsure') expect(verdict).toBe(await joseOf(token, asked));
    }),
    {
      numRuns: 300,
      // One of each sort for certain.
      examples: [
        [GOOD, { exp: NOW + 40 }, plain, asItIs, true],
        [GOOD, { exp: NOW + 40 }, plain, asItIs, false],
        [GOOD, { exp: NOW - 40 }, plain, asItIs, true],
      ],
    },
  );
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
});

it('IN2.8 leaves to jose what a short key has signed, and bytes that are no UTF-8', async () => {
  expect(judge(signed('{"alg":"RS256"}', '{"exp":1780000100}'), keys.publicKey, plain)).toBe('good');
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
  expect(judge(signed('{"alg":"RS256"}', '{}', short.privateKey), short.publicKey, plain)).toBe('unsure');
  const said = `${encoded('{"alg":"RS256"}')}.${Buffer.from('7b2261223a22ff227d', 'hex').toString('base64url')}`;
  const token = `${said}.${createSign('sha256').update(said).sign(keys.privateKey).toString('base64url')}`;
  expect(judge(token, keys.publicKey, plain)).toBe('unsure');
  expect(await joseOf(token, plain)).toBe('refused');
});
