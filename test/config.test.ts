import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { createSources } from '../src/sources.ts';
import { AUTH_SECRET, WIX_PUBLIC_KEY } from './support/gateway.ts';

const GOOD = { EDUZZ_SECRETS: 'one, two,', WIX_PUBLIC_KEYS: WIX_PUBLIC_KEY, AUTH_SECRET };
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' });

function problems(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

it('OPS2 has a sensible default for whatever has to be no secret', () => {
  expect(readConfig(GOOD)).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    databaseUrl: 'sqlite:./data/hookcast.db',
    sources: [
      { name: 'eduzz', secrets: ['one', 'two'] },
      { name: 'wix', instanceIds: null, appId: null },
    ],
    retentionDays: 30,
    limits: { webhooks: { body: 262_144, rate: 0 } },
    allowedOrigins: [],
    dev: null,
  });
  // As in a copied .env.example.
  expect(readConfig({ ...GOOD, PORT: '', WIX_APP_ID: ' ', LOG_LEVEL: '' })).toEqual(readConfig(GOOD));
});

const wrong: [env: Record<string, string | undefined>, problem: RegExp][] = [
  [{ EDUZZ_SECRETS: undefined }, /^EDUZZ_SECRETS: .*"eduzz".*SOURCES=wix/],
  [{ EDUZZ_SECRETS: ' , ' }, /^EDUZZ_SECRETS: /],
  [{ WIX_PUBLIC_KEYS: undefined }, /^WIX_PUBLIC_KEYS: .*"wix".*SOURCES=eduzz/],
  [{ WIX_PUBLIC_KEYS: 'nonsense' }, /^WIX_PUBLIC_KEYS: key 1 is no PEM public key/],
  [{ WIX_PUBLIC_KEYS: String(ec) }, /^WIX_PUBLIC_KEYS: key 1 is no RSA key/],
  [{ WIX_PUBLIC_KEYS: String(weak) }, /^WIX_PUBLIC_KEYS: .*2,048 bits/],
  [{ AUTH_SECRET: undefined }, /^AUTH_JWKS_URL, AUTH_PUBLIC_KEY or AUTH_SECRET: one must be set/],
  [{ AUTH_SECRET: 'short' }, /^AUTH_SECRET: .*32 bytes/],
  [{ AUTH_JWKS_URL: 'https://login.example/jwks' }, /set only one of them/],
  [{ AUTH_JWKS_URL: 'http://login.example/jwks', AUTH_SECRET: undefined }, /^AUTH_JWKS_URL: expected an https URL/],
  [{ AUTH_PUBLIC_KEY: 'x', AUTH_SECRET: undefined }, /^AUTH_PUBLIC_KEY: is no PEM public key/],
  [{ PORT: 'http' }, /^PORT: expected a whole number/],
  [{ PORT: '70000' }, /^PORT: expected a whole number from 0 to 65535/],
  [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL: expected sqlite:/],
  [{ SOURCES: 'eduzz,paypal' }, /^SOURCES: expected a list of eduzz, wix/],
  [{ RETENTION_DAYS: '0' }, /^RETENTION_DAYS: /],
  [{ MAX_BODY_BYTES: '1e6' }, /^MAX_BODY_BYTES: /],
  [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL: /],
  [{ ALLOWED_ORIGINS: 'https://app.example/path' }, /^ALLOWED_ORIGINS: /],
];
it.each(wrong)('OPS2 refuses %j with one line that says what to do', (env, problem) => {
  const found = problems({ ...GOOD, ...env });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(problem);
  expect(found[0]).not.toContain('\n');
  for (const secret of [AUTH_SECRET, 'short', 'nonsense']) expect(found[0]).not.toContain(secret);
});

it('OPS2 names every problem at once', () => {
  expect(problems({ PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2);
  expect(problems({})).toHaveLength(3);
  expect(problems({ SOURCES: 'eduzz', EDUZZ_SECRETS: 'x', AUTH_SECRET })).toEqual([]);
});

it('OPS2 advises to leave out only what leaves something over', () => {
  const instead = (env: Record<string, string>) =>
    problems({ AUTH_SECRET, ...env }).map((problem) => /^(\w+): .* set it, or (.*)$/.exec(problem)?.slice(1));
  expect(instead({ STRIPE_SECRETS: 'whsec_x' })).toEqual([
    ['EDUZZ_SECRETS', 'leave the source out with SOURCES=stripe'],
    ['WIX_PUBLIC_KEYS', 'leave the source out with SOURCES=stripe'],
  ]);
  const neither = 'name in SOURCES the sources that you have secrets of';
  expect(instead({})).toEqual([
    ['EDUZZ_SECRETS', neither],
    ['WIX_PUBLIC_KEYS', neither],
  ]);
  expect(instead({ SOURCES: 'calcom,stripe', CALCOM_SECRETS: 'x', EDUZZ_SECRETS: 'x' })).toEqual([
    ['STRIPE_SECRETS', 'leave the source out with SOURCES=calcom'],
  ]);
  expect(problems({ AUTH_SECRET, STRIPE_SECRETS: 'whsec_x', SOURCES: 'stripe' })).toEqual([]);
});

it('OPS2 names the setting of secrets that are not of their provider’s form', () => {
  const { sources } = readConfig({ ...GOOD, STANDARD_WEBHOOKS_SECRETS: 'nonsense!' });
  const creating = () => createSources(sources);
  expect(creating).toThrow(ConfigError);
  expect(creating).toThrow(/^STANDARD_WEBHOOKS_SECRETS: [^\n]*base64/);
  expect(creating).not.toThrow(/nonsense/);
});

it('OPS2 documents every setting in .env.example and in the README', () => {
  const source = readFileSync(new URL('../src/settings.ts', import.meta.url), 'utf8');
  const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(15);
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of names) {
    expect(example, name).toMatch(new RegExp(`^#? ?${name}=`, 'm'));
    expect(readme, name).toContain(`\`${name}\``);
  }
});
