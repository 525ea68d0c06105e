import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { readSettings } from '../src/commands/sources.ts';
import { readConfig } from '../src/config.ts';
import { ConfigError } from '../src/config-error.ts';
import { readDatabaseUrl } from '../src/config-parts.ts';
import { misspelt } from '../src/misspelt.ts';
import { SHIPPED } from '../src/providers/shipped.ts';
import { RELOADED, environment as settings } from '../src/settings.ts';
import { createSources } from '../src/sources.ts';
import { AUTHORITY as CERTIFICATE } from './fixtures/certificates.ts';
import { AUTH_SECRET, WIX_PUBLIC_KEY, environment, temporaryFolder } from './support/gateway.ts';

const GOOD = { EDUZZ_SECRETS: 'the first of two, the second of them,', WIX_PUBLIC_KEYS: WIX_PUBLIC_KEY, AUTH_SECRET };
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' });

/** A key as Keycloak shows it: a PEM without its first and last line. */
function bareOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

function problems(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

it('OPS2.2 has a sensible default for every setting that is not a secret', () => {
  expect(readConfig(GOOD)).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    databaseUrl: 'sqlite:./data/hookcast.db',
    sources: [
      { name: 'eduzz', secrets: ['the first of two', 'the second of them'] },
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

const JWKS = {
  AUTH_SECRET: undefined,
  AUTH_JWKS_URL: 'https://login.example/jwks',
  AUTH_ISSUER: 'https://login.example',
};

const wrong: [env: Record<string, string | undefined>, problem: RegExp][] = [
  [{ EDUZZ_SECRETS: undefined }, /^EDUZZ_SECRETS: .*"eduzz".*SOURCES=wix/],
  [{ EDUZZ_SECRETS: ' , ' }, /^EDUZZ_SECRETS: /],
  [{ WIX_PUBLIC_KEYS: undefined }, /^WIX_PUBLIC_KEYS: .*"wix".*SOURCES=eduzz/],
  [{ WIX_PUBLIC_KEYS: 'nonsense' }, /^WIX_PUBLIC_KEYS: key 1 is not a PEM public key/],
  [{ WIX_PUBLIC_KEYS: String(ec) }, /^WIX_PUBLIC_KEYS: key 1 is not an RSA key/],
  [{ WIX_PUBLIC_KEYS: String(weak) }, /^WIX_PUBLIC_KEYS: .*2,048 bits/],
  [{ AUTH_SECRET: undefined }, /^AUTH_JWKS_URL, AUTH_PUBLIC_KEY, AUTH_SECRET or AUTH_SECRETS: one must be set/],
  [{ AUTH_SECRET: 'short' }, /^AUTH_SECRET: .*32 bytes/],
  [{ AUTH_JWKS_URL: 'https://login.example/jwks' }, /set only one of them/],
  [{ ...JWKS, AUTH_JWKS_URL: 'http://login.example/jwks' }, /^AUTH_JWKS_URL: .*AUTH_JWKS_PLAIN_HTTP=on allows http/],
  [{ ...JWKS, AUTH_JWKS_URL: 'ftp://login.example/jwks' }, /^AUTH_JWKS_URL: expected an https URL/],
  [
    { ...JWKS, AUTH_JWKS_URL: 'https://me:short@login.example/jwks' },
    /^AUTH_JWKS_URL: .*without a user and a password/,
  ],
  [{ ...JWKS, AUTH_JWKS_PLAIN_HTTP: 'yes' }, /^AUTH_JWKS_PLAIN_HTTP: expected on or off/],
  [{ AUTH_PUBLIC_KEY: 'x', AUTH_SECRET: undefined }, /^AUTH_PUBLIC_KEY: is not a PEM public key/],
  [{ PORT: 'http' }, /^PORT: expected a whole number/],
  [{ PORT: '70000' }, /^PORT: expected a whole number from 0 to 65535/],
  [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL: expected sqlite:/],
  [{ SOURCES: 'eduzz,paypal' }, /^SOURCES: expected a list of eduzz, wix/],
  [{ RETENTION_DAYS: '0' }, /^RETENTION_DAYS: /],
  [{ MAX_BODY_BYTES: '1e6' }, /^MAX_BODY_BYTES: /],
  [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL: /],
  [{ WOOVI_PUBLIC_KEYS: 'any' }, /^WOOVI_ACCOUNTS: must be set beside WOOVI_PUBLIC_KEYS, to your own account/],
  [{ EDUZZ_ACCOUNTS: '40021,eduzz:51300' }, /^EDUZZ_ACCOUNTS: expected accounts without "eduzz:" before them/],
  ...(
    [
      ['https://app.example/path', /write it as https:\/\/app\.example$/],
      ['https://app.example/', /write it as https:\/\/app\.example$/],
      ['https://App.example', /write it as https:\/\/app\.example$/],
      ['https://app.example:443', /write it as https:\/\/app\.example$/],
      ['http://127.1:8080', /write it as http:\/\/127\.0\.0\.1:8080$/],
      ['https://bücher.example', /write it as https:\/\/xn--bcher-kva\.example$/],
      ['https://*.example.com', /name each origin by itself/],
      ['http://localhost:*', /name each origin by itself/],
      ['chrome-extension://*', /name each origin by itself/],
      ['wss://app.example', /also for a WebSocket/],
      ['blob:https://app.example/x', /is not the origin of a page/],
      ['app.example', /expected one like https:/],
      ['null', /every sandboxed page/],
      ['capacitor://localhost/', /expected one like https:.* without a path/],
      ['capacitor://', /expected one like https:/],
      ['https://', /expected one like https:/],
    ] as const
  ).map(([origin, says]): [Record<string, string>, RegExp] => [
    { ALLOWED_ORIGINS: `https://good.example, ${origin}` },
    new RegExp(`^ALLOWED_ORIGINS: "${origin.replaceAll(/[*.]/g, String.raw`\$&`)}" .*${says.source}`),
  ]),
  [{ TRUSTED_DOCUMENTS: ' , ' }, /^TRUSTED_DOCUMENTS: expected paths/],
  [{ STANDARD_WEBHOOKS_SECRET_ENCODING: 'hex' }, /^STANDARD_WEBHOOKS_SECRET_ENCODING: expected base64 or utf8/],
  [{ STANDARD_WEBHOOKS_TYPE_AT: 'data..type' }, /^STANDARD_WEBHOOKS_TYPE_AT: expected the name of a member, a path/],
  [{ STANDARD_WEBHOOKS_TIME_AT: '["data",7]' }, /^STANDARD_WEBHOOKS_TIME_AT: expected the name of a member, a path/],
];
it.each(wrong)('OPS2.1 refuses %j with one line that says what to do', (env, problem) => {
  const found = problems({ ...GOOD, ...env });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(problem);
  expect(found[0]).not.toContain('\n');
  for (const secret of [AUTH_SECRET, 'short', 'nonsense']) expect(found[0]).not.toContain(secret);
});

const open: [env: Record<string, string | undefined>, problem: RegExp][] = [
  [{ ...JWKS, AUTH_ISSUER: undefined }, /^AUTH_ISSUER: must be set beside AUTH_JWKS_URL/],
  [{ AUTH_TENANTS_CLAIM: 'groups' }, /^AUTH_AUDIENCE: must be set beside AUTH_TENANTS_CLAIM/],
  [{ AUTH_SCOPE_CLAIM: 'roles', AUTH_TENANTS_PREFIX: 'hookcast:' }, /^AUTH_AUDIENCE: must be set beside/],
  [{ AUTH_AUDIENCE: ' , ' }, /^AUTH_AUDIENCE: expected an audience/],
  ...[
    'user_metadata.tenants',
    'user_metadata',
    'claims.unsafe_metadata.tenants',
    '["unsafeMetadata","tenants"]',
  ].flatMap((claim): [Record<string, string>, RegExp][] => [
    [{ AUTH_TENANTS_CLAIM: claim, AUTH_AUDIENCE: 'hookcast' }, /^AUTH_TENANTS_CLAIM: users can write .* themselves/],
    [{ AUTH_SCOPE_CLAIM: claim, AUTH_AUDIENCE: 'hookcast' }, /^AUTH_SCOPE_CLAIM: users can write .* themselves/],
  ]),
];
it.each(open)('AUTH1.10 refuses %j, which would take tokens of others', (env, problem) => {
  expect(problems({ ...GOOD, ...env })).toEqual([expect.stringMatching(problem)]);
});

it('AUTH1.10 refuses a discovery document where keys or an issuer are expected', () => {
  for (const path of ['openid-configuration', 'oauth-authorization-server', 'openid-configuration/']) {
    const url = `https://login.example/realms/shop/.well-known/${path}`;
    expect(problems({ ...GOOD, ...JWKS, AUTH_JWKS_URL: `${url}?x` })).toEqual([
      'AUTH_JWKS_URL: is a discovery document, which has no keys; set it to the "jwks_uri" of that document',
    ]);
    expect(problems({ ...GOOD, ...JWKS, AUTH_ISSUER: url })).toEqual([
      expect.stringMatching(/^AUTH_ISSUER: .*"issuer"/),
    ]);
  }
  // Where Duende has its keys.
  const keys = 'https://login.example/.well-known/openid-configuration/jwks';
  expect(problems({ ...GOOD, ...JWKS, AUTH_JWKS_URL: keys })).toEqual([]);
});

it('AUTH1.10 fetches keys without encryption from this machine alone, unless it is told to', () => {
  for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:8080']) {
    expect(problems({ ...GOOD, ...JWKS, AUTH_JWKS_URL: `http://${host}/jwks` }), host).toEqual([]);
  }
  const plain = { ...GOOD, ...JWKS, AUTH_JWKS_URL: 'http://keycloak.login.svc:8080/jwks', AUTH_JWKS_PLAIN_HTTP: 'on' };
  expect(readConfig(plain).auth.check).toEqual({ by: 'jwks', url: new URL(plain.AUTH_JWKS_URL) });
});

it('AUTH1.8 reads the places of claims as names, paths and lists, and audiences as a list', () => {
  const auth = (env: Record<string, string>) => readConfig({ ...GOOD, ...env }).auth;
  expect(auth({})).toMatchObject({
    audiences: [],
    tenants: { path: ['tenants'], prefix: '' },
    scope: { path: ['scope'], prefix: '' },
  });
  const paths: Record<string, readonly string[]> = {
    groups: ['groups'],
    'cognito:groups': ['cognito:groups'],
    'app_metadata.tenants': ['app_metadata', 'tenants'],
    'https://app.example.com/tenants': ['https://app.example.com/tenants'],
    'app.example.com/tenants': ['app.example.com/tenants'],
    '["resource_access","app.example.com","roles"]': ['resource_access', 'app.example.com', 'roles'],
  };
  for (const [claim, path] of Object.entries(paths)) {
    const { tenants, scope, audiences } = auth({
      AUTH_AUDIENCE: 'hookcast, api://hookcast',
      AUTH_TENANTS_CLAIM: claim,
      AUTH_TENANTS_PREFIX: 'hookcast:',
      AUTH_SCOPE_CLAIM: claim,
      AUTH_SCOPE_PREFIX: 'hookcast/',
    });
    expect({ tenants, scope }).toEqual({
      tenants: { path, prefix: 'hookcast:' },
      scope: { path, prefix: 'hookcast/' },
    });
    expect(audiences).toEqual(['hookcast', 'api://hookcast']);
  }
  const nowhere = ['a..b', '.a', '[]', '["a",""]', '["a",1]', '["a"', 'a.b.c.d.e.f.g.h.i'];
  for (const claim of nowhere) {
    expect(problems({ ...GOOD, AUTH_AUDIENCE: 'hookcast', AUTH_TENANTS_CLAIM: claim }), claim).toEqual([
      expect.stringMatching(/^AUTH_TENANTS_CLAIM: expected the name of a claim, a path .*, or a JSON list/),
    ]);
  }
});

it('OPS2.1 names every problem at once', () => {
  expect(problems({ PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2);
  expect(problems({})).toHaveLength(3);
  expect(problems({ SOURCES: 'eduzz', EDUZZ_SECRETS: 'x', AUTH_SECRET })).toEqual([]);
});

it('OPS2.1 advises to leave a source out only if another one remains', () => {
  const instead = (env: Record<string, string>) =>
    problems({ AUTH_SECRET, ...env }).map((problem) => /^(\w+): .* set it, or (.*)$/.exec(problem)?.slice(1));
  expect(instead({ STRIPE_SECRETS: 'whsec_x' })).toEqual([
    ['EDUZZ_SECRETS', 'leave the source out with SOURCES=stripe'],
    ['WIX_PUBLIC_KEYS', 'leave the source out with SOURCES=stripe'],
  ]);
  const neither = 'list in SOURCES the sources whose secrets you have';
  expect(instead({})).toEqual([
    ['EDUZZ_SECRETS', neither],
    ['WIX_PUBLIC_KEYS', neither],
  ]);
  expect(instead({ SOURCES: 'calcom,stripe', CALCOM_SECRETS: 'x', EDUZZ_SECRETS: 'x' })).toEqual([
    ['STRIPE_SECRETS', 'leave the source out with SOURCES=calcom'],
  ]);
  expect(problems({ AUTH_SECRET, STRIPE_SECRETS: 'whsec_x', SOURCES: 'stripe' })).toEqual([]);
});

it('IN2.12 reads accounts from the settings, for each provider whose payloads name one', async () => {
  const secret = 'whsec_c2VjcmV0IG9mIHRoZSBzdWl0ZSBvZiB0ZXN0cw==';
  const named = ['eduzz', 'calcom', 'calendly', 'stripe'];
  const settings = (kind: string, value: string) =>
    Object.fromEntries(named.map((name) => [`${name.toUpperCase()}_${kind}`, value]));
  const env = { AUTH_SECRET, SOURCES: named.join(','), ...settings('SECRETS', secret) };
  const accountsOf = async (more: Record<string, string>) =>
    [...(await createSources(readConfig({ ...env, ...more }).sources)).values()].map(({ accounts }) => accounts);
  expect(await accountsOf({})).toEqual(named.map(() => undefined));
  expect(await accountsOf(settings('ACCOUNTS', ' , '))).toEqual(named.map(() => undefined));
  expect(await accountsOf(settings('ACCOUNTS', 'one, two,'))).toEqual(named.map(() => new Set(['one', 'two'])));
  const [, , , stripe] = await accountsOf({ STRIPE_ACCOUNTS: '*' });
  expect(stripe).toEqual(new Set(['*']));
  // As secrets are: otherwise the gateway would have to be restarted to remove an account.
  expect(RELOADED).toEqual(expect.arrayContaining(Object.keys(settings('ACCOUNTS', ''))));
});

it('OPS2.1 names the setting of secrets that are not of their provider’s form', async () => {
  const { sources } = readConfig({ ...GOOD, STANDARD_WEBHOOKS_SECRETS: 'whsec_nonsense!' });
  const creating = () => createSources(sources);
  await expect(creating()).rejects.toThrow(ConfigError);
  await expect(creating()).rejects.toThrow(/^STANDARD_WEBHOOKS_SECRETS: [^\n]*base64/);
  await expect(creating()).rejects.not.toThrow(/nonsense/);
});

it('OPS2.5 refuses secrets that can be guessed, and keys that no token is checked with', async () => {
  const creating = (env: Record<string, string>) => () => createSources(readConfig({ ...GOOD, ...env }).sources);
  for (const setting of ['EDUZZ_SECRETS', 'CALCOM_SECRETS', 'CALENDLY_SECRETS', 'STRIPE_SECRETS']) {
    const long = 'edzwgd_long-enough-for-anybody';
    const weak = creating({ EDUZZ_SECRETS: long, [setting]: `${long},x` });
    await expect(weak(), setting).rejects.toThrow(
      new RegExp(`^${setting}: \\w+: secrets\\[1\\] is too short: 1 [^\\n]*$`),
    );
  }
  const ed448 = generateKeyPairSync('ed448').publicKey.export({ type: 'spki', format: 'pem' });
  const tokens = (AUTH_PUBLIC_KEY: unknown) =>
    problems({ ...GOOD, AUTH_SECRET: undefined, AUTH_PUBLIC_KEY: String(AUTH_PUBLIC_KEY) });
  expect(tokens(weak)).toEqual([expect.stringMatching(/^AUTH_PUBLIC_KEY: is an RSA key with less than 2,048 bits/)]);
  expect(tokens(ed448)).toEqual([expect.stringMatching(/^AUTH_PUBLIC_KEY: is not a key for RSA/)]);
  expect(tokens(ec)).toEqual([]);
});

it('OPS2.5 takes a public key as people find it: PEM, base64 of it, or a PEM’s base64 alone, and certificates', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const key = (AUTH_PUBLIC_KEY: string) => {
    const { check } = readConfig({ ...GOOD, AUTH_SECRET: undefined, AUTH_PUBLIC_KEY }).auth;
    return check.by === 'publicKey' && check.key.export({ type: 'spki', format: 'pem' });
  };
  for (const one of [rsa, ec]) {
    const pem = String(one.export({ type: 'spki', format: 'pem' }));
    const bare = bareOf(one);
    const ways = [pem, pem.replaceAll('\n', String.raw`\n`), Buffer.from(pem).toString('base64'), bare];
    for (const way of [...ways, `"${pem}"`, `'${bare}'\n`, ` ${bare}\n`, bare.replace(/(.{64})/g, '$1\n')])
      expect(key(way)).toBe(pem);
  }
  const certificate = CERTIFICATE.trim().split('\n').slice(1, -1).join('');
  expect(key(certificate)).toBe(key(CERTIFICATE));
  expect(key(certificate)).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  // Each of these forms shows whether a key is private or public.
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const secret = [pem, Buffer.from(pem).toString('base64')];
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    secret.push(privateKey.export({ type, format: 'der' }).toString('base64'));
  }
  for (const way of [...secret, 'AAAA', bareOf(generateKeyPairSync('ed448').publicKey)]) {
    expect(problems({ ...GOOD, AUTH_SECRET: undefined, AUTH_PUBLIC_KEY: way })).toEqual([
      expect.stringMatching(/^AUTH_PUBLIC_KEY: is not a (?:PEM public key|key for RSA)/),
    ]);
  }
  // Wix's keys are read in the same ways.
  for (const keys of [`${bareOf(rsa)},${WIX_PUBLIC_KEY}`, `"${WIX_PUBLIC_KEY}"`, `'${bareOf(rsa)}',"${bareOf(rsa)}"`]) {
    expect(problems({ ...GOOD, WIX_PUBLIC_KEYS: keys })).toEqual([]);
  }
});

it('OPS2.7 reads settings from files, and says which file can’t be read', () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const EDUZZ_SECRETS_FILE = file('eduzz', 'the newest\nthe one before\n');
  const env = {
    ...GOOD,
    EDUZZ_SECRETS: undefined,
    EDUZZ_SECRETS_FILE,
    METRICS_TOKEN_FILE: file('metrics', 'a'.repeat(16)),
  };
  const config = readConfig(env);
  expect(config.sources[0]).toMatchObject({ secrets: ['the newest', 'the one before'] });
  expect(config.metricsToken).toBe('a'.repeat(16));
  expect(readDatabaseUrl({ DATABASE_URL_FILE: file('url', 'sqlite:x.db\n') })).toBe('sqlite:x.db');
  const nowhere = join(folder, 'nowhere');
  expect(
    problems({
      ...env,
      EDUZZ_SECRETS: 'twice',
      AUTH_SECRET: undefined,
      AUTH_SECRET_FILE: nowhere,
      METRICS_TOKEN_FILE: file('empty', '\n'),
      PORT: 'x',
    }),
  ).toEqual([
    'EDUZZ_SECRETS_FILE: EDUZZ_SECRETS is set as well; set only one of them',
    `AUTH_SECRET_FILE: ${nowhere} can't be read (ENOENT)`,
    `METRICS_TOKEN_FILE: ${join(folder, 'empty')} is empty`,
    expect.stringMatching(/^PORT: /),
  ]);
});

const LISTS = [
  'EDUZZ_SECRETS',
  'CALCOM_SECRETS',
  'CALENDLY_SECRETS',
  'STRIPE_SECRETS',
  'STANDARD_WEBHOOKS_SECRETS',
  'EDUZZ_ACCOUNTS',
  'CALCOM_ACCOUNTS',
  'CALENDLY_ACCOUNTS',
  'STRIPE_ACCOUNTS',
  'WIX_INSTANCE_IDS',
  'AUTH_AUDIENCE',
  'TRUSTED_DOCUMENTS',
] as const;

it.each(LISTS)('OPS2.14 reads %s as a JSON list, for values with a comma, and as texts between commas', (name) => {
  const schema = (settings.shape as unknown as Record<string, z.ZodType>)[name]!;
  const values = ['a secret, and its comma', '  blanks count  ', String.raw`"quotes" and \ strokes`];
  const read = (text: string) => [...(schema.parse(text) as readonly string[])];
  expect(read(JSON.stringify(values))).toEqual(values);
  expect(read(` ${JSON.stringify([...values, '', ' '], null, 2)}\n`)).toEqual(values);
  // Docker's --env-file hands on the quotes.
  expect(read(`'${JSON.stringify(['one,two'])}'`)).toEqual(['one,two']);
  for (const text of ['one, two,', '"one","two"', `'one,two'`, '"one\ntwo"\n'])
    expect(read(text)).toEqual(['one', 'two']);
  for (const odd of ['["one", 2]', '["one"', '[one,two]', '[{}]', '[null]']) {
    const { error } = schema.safeParse(odd);
    expect(
      error?.issues.map(({ message }) => message),
      odd,
    ).toEqual(['begins with "[" but is not a JSON list of texts; write it as ["first","second"]']);
    expect(error?.message).not.toContain('one,two');
  }
});

it('OPS2.14 reads a JSON list from a file, and of keys, and the comma of v1,whsec_…', async () => {
  const folder = temporaryFolder();
  const secrets = ['a secret, and its comma', 'another, for Cal.com'];
  writeFileSync(join(folder, 'calcom'), `${JSON.stringify(secrets, null, 2)}\n`);
  writeFileSync(join(folder, 'wix'), JSON.stringify([WIX_PUBLIC_KEY, WIX_PUBLIC_KEY]));
  const whsec = (fill: string) => `whsec_${Buffer.alloc(24, fill).toString('base64')}`;
  const [one, two] = [whsec('1'), whsec('2')];
  const env = {
    ...GOOD,
    WIX_PUBLIC_KEYS: undefined,
    WIX_PUBLIC_KEYS_FILE: join(folder, 'wix'),
    CALCOM_SECRETS_FILE: join(folder, 'calcom'),
  };
  const sourcesOf = (given: string) => readConfig({ ...env, STANDARD_WEBHOOKS_SECRETS: given }).sources;
  const [, wix, calcom] = sourcesOf(one);
  expect(wix).toMatchObject({ publicKeys: [expect.anything(), expect.anything()] });
  expect(calcom).toMatchObject({ secrets });
  const read: Record<string, readonly string[]> = {
    [`v1,${one}`]: [`v1,${one}`],
    [`v1,${one}, v1a,${two}`]: [`v1,${one}`, `v1a,${two}`],
    [`${one},v1,${two}`]: [one, `v1,${two}`],
    [`v1,${one}|v1,${two}`]: [`v1,${one}|v1,${two}`],
    [`"v1,${one}"\n"v1,${two}"`]: [`v1,${one}`, `v1,${two}`],
    [JSON.stringify([`v1,${one}`])]: [`v1,${one}`],
    [`${one},${two}`]: [one, two],
  };
  for (const [given, expected] of Object.entries(read)) {
    expect(sourcesOf(given).at(-1), given).toMatchObject({ secrets: expected });
    await expect(createSources(sourcesOf(given)), given).resolves.toBeDefined();
  }
});

it('IN6.13 reads from the settings where a sender of Standard Webhooks names and dates its events', async () => {
  const secret = 'polar_whs_of-the-suite-of-tests';
  const source = async (more: Record<string, string>) => {
    const env = { AUTH_SECRET, SOURCES: 'standard-webhooks', STANDARD_WEBHOOKS_SECRETS: secret, ...more };
    const { sources } = readConfig(env);
    await createSources(sources);
    return sources[0];
  };
  expect(await source({})).toEqual({
    name: 'standard-webhooks',
    provider: 'standard-webhooks',
    secrets: [secret],
  });
  expect(
    await source({
      STANDARD_WEBHOOKS_SECRET_ENCODING: 'utf8',
      STANDARD_WEBHOOKS_TYPE_AT: 'metadata.name',
      STANDARD_WEBHOOKS_TIME_AT: '["meta.data","time"]',
      STANDARD_WEBHOOKS_DEFAULT_TYPE: ' prediction ',
    }),
  ).toMatchObject({
    secretEncoding: 'utf8',
    typeAt: ['metadata', 'name'],
    timeAt: ['meta.data', 'time'],
    defaultType: 'prediction',
  });
  // As secrets are, they are read anew, and not read where a file names the sources.
  const named = ['SECRET_ENCODING', 'TYPE_AT', 'TIME_AT', 'DEFAULT_TYPE'].map((name) => `STANDARD_WEBHOOKS_${name}`);
  expect(RELOADED).toEqual(expect.arrayContaining(named));
});

it('OPS2.6 refuses a placeholder for every secret, and warns of one that repeats a few characters', async () => {
  const placeholders = [
    '<the secret of the webhook>',
    '${THE_SECRET_OF_THE_WEBHOOK}',
    '{{ .Values.theSecretOfTheWebhook }}',
    'change-me-change-me-change-me-change-me',
    'REPLACE_ME_BEFORE_THE_FIRST_START',
    'your-secret-goes-here-and-nowhere-else',
    'a-string-secret-at-least-256-bits-long',
  ];
  const random = 'k8Jq2mZr7Xw4Tn9Lb6Vd1Ys3Hp5Gf0Ce';
  const read = async (set: Record<string, string>) => {
    const env = { ...environment('x'), SOURCES: 'eduzz', PUBLIC_URL: 'https://hooks.example.com', ...set };
    try {
      return { warnings: (await readSettings(env)).warnings, problems: [] };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { warnings: [], problems: error.problems };
    }
  };
  const named = SHIPPED.filter(({ needs }) => !needs.endsWith('KEYS')).map(({ name, needs }) => [name, needs] as const);
  for (const [source, setting] of [...named, ['eduzz', 'AUTH_SECRET'], ['eduzz', 'METRICS_TOKEN']] as const) {
    for (const placeholder of placeholders) {
      const { problems } = await read({ SOURCES: source, [setting]: placeholder });
      expect(problems, setting).toContainEqual(expect.stringMatching(new RegExp(`^${setting}: .*placeholder`)));
      expect(problems.join()).not.toContain(placeholder);
    }
    const said = { problems: [], warnings: [expect.stringMatching(new RegExp(`^${setting}: it repeats`))] };
    expect(await read({ SOURCES: source, [setting]: 'a'.repeat(40) }), setting).toEqual(said);
    expect(await read({ SOURCES: source, [setting]: random }), setting).toEqual({ problems: [], warnings: [] });
  }
  for (const secrets of [`${random},${placeholders[6]!}`, `["${placeholders[3]!}"]`]) {
    const { problems } = await read({ AUTH_SECRET: '', AUTH_SECRETS: secrets });
    expect(problems).toEqual([expect.stringMatching(/^AUTH_SECRETS: .*placeholder/)]);
  }
  const several = await read({ AUTH_SECRET: '', AUTH_SECRETS: `${random},${'password'.repeat(4)}` });
  expect(several.warnings).toEqual([expect.stringMatching(/^AUTH_SECRETS: it repeats/)]);
});

it('OPS2.6 tells of a misspelled setting, and not of other programs’ variables', () => {
  const told = (env: Record<string, string>, sourcesElsewhere = false) => misspelt(env, { sourcesElsewhere });
  const meant = {
    RETENTION_DAY: 'RETENTION_DAYS',
    AUTH_SECRRET: 'AUTH_SECRET',
    LOGLEVEL: 'LOG_LEVEL',
    port: 'PORT',
    'retention-days': 'RETENTION_DAYS',
    HOOKCAST_RETENTION_DAYS: 'RETENTION_DAYS',
    TRUST_PROXIES: 'TRUST_PROXY',
    OIDC_SECRET: 'OIDC_CLIENT_SECRET',
    MAX_BODY_SIZE: 'MAX_BODY_BYTES',
    AUDIT_RETENTION: 'AUDIT_RETENTION_DAYS',
    HTTP_REQUEST_TIMEOUT_SECONDS: 'HTTP_REQUEST_TIMEOUT_MS',
    MAX_CONNECTIONS: 'MAX_CONNECTIONS_PER_TOKEN',
    EXCHANGE_WIX_SECRET_FILE: 'EXCHANGE_WIX_SECRETS_FILE',
  };
  for (const [name, setting] of Object.entries(meant)) {
    expect(told({ [name]: 'secret' })).toEqual([
      `${name}: there is no such setting, so it is ignored; did you mean ${setting}?`,
    ]);
  }
  expect(told({ DATABASE_ULR: 'x', EDUZZ_SECRET_FILE: 'x' })).toHaveLength(2);
  expect(told({ EDUZZ_ANYTHING: 'x', GRAPHQL_URL: 'x' })).toEqual([
    'EDUZZ_ANYTHING: there is no such setting, so it is ignored',
    'GRAPHQL_URL: there is no such setting, so it is ignored',
  ]);
  const others = [
    'PATH',
    'HOSTNAME',
    'POST',
    'HTTP_PROXY',
    'MAX_PATH',
    'POSTGRES_PASSWORD',
    'NODE_OPTIONS',
    'DATABASE',
    'SSH_AUTH_SOCK',
    'SESSION_MANAGER',
    'CLIENT_SECRET',
    'DATABASE_URL_UNPOOLED',
    'LOG_FORMAT',
    'PUBLIC_KEY',
    // Kubernetes sets these for services of these names.
    'HOOKCAST_PORT',
    'HOOKCAST_SERVICE_HOST',
    'HOOKCAST_PORT_4000_TCP_ADDR',
    'AUTH_SERVICE_PORT_HTTP',
    'EDUZZ_PORT',
    // The commands'.
    'HOOKCAST_URL',
    'HOOKCAST_TOKEN_FILE',
  ];
  expect(told(Object.fromEntries(others.map((name) => [name, 'x'])))).toEqual([]);
  // Left empty, as in a file that was copied.
  expect(told({ RETENTION_DAY: '' })).toEqual([]);
  // A file of one's own reads what it likes for its sources, and what is no source's stays a setting.
  expect(told({ WIX_PUBLIC_KEY: 'x', EDUZZ_SECRET_RECIFE: 'x', AUTH_SECRRET: 'x' }, true)).toHaveLength(1);
  expect(told(environment('x'))).toEqual([]);
});

it('OPS2.2 documents every setting in .env.example and in the README', () => {
  const names = Object.keys(settings.shape);
  expect(names.length).toBeGreaterThan(40);
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of names) {
    expect(example, name).toMatch(new RegExp(`^#? ?${name}=`, 'm'));
    expect(readme, name).toContain(`\`${name}\``);
  }
});
