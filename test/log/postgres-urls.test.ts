import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IGNORED, REFUSED } from '../../src/log/postgres/parameters.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { HONORED, parseTarget } from '../../src/log/postgres/target.ts';
import { AUTHORITY, LOCALHOST } from '../fixtures/certificates.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { PostgresServer, query } from '../support/postgres.ts';
import { TlsRelay } from '../support/tls-relay.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.start();
});

afterAll(() => server.remove());

/** How it speaks to its first host: when TLS, and whether with a certificate that is verified. */
function encryptionOf(url: string) {
  const target = parseTarget(url);
  const { when, tls } = target.encryption(target.hosts[0]!);
  return [when, tls.rejectUnauthorized ?? null];
}

it('OPS2.11 takes URLs as hosts hand them out, and warns of what it passes over', () => {
  const handedOut: Record<string, readonly string[]> = {
    // Heroku, Neon and Vercel, Supabase, RDS, Aiven and DigitalOcean, Render, Railway, Cloud SQL.
    'postgres://u:p@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d': [],
    'postgresql://u:p@ep-a-pooler.eu-central-1.aws.neon.tech/d?sslmode=require&channel_binding=require': [
      'channel_binding',
    ],
    'postgres://u:p@ep-a.neon.tech/d?pgbouncer=true&connect_timeout=15&sslmode=require': ['pgbouncer'],
    'postgresql://u:p@ep-a.neon.tech/d?options=endpoint%3Dep-a&sslmode=require': [],
    'postgres://u.ref:p@aws-0-eu.pooler.supabase.com:5432/postgres?supa=base-pooler.x': ['supa'],
    'postgres://u:p@db.abc.eu-central-1.rds.amazonaws.com/d?sslmode=no-verify': [],
    'postgres://avnadmin:p@pg-a.aivencloud.com:11039/defaultdb?sslmode=require': [],
    'postgres://u:p@dpg-a/d': [],
    'postgresql://postgres:p@postgres.railway.internal:5432/railway': [],
    'postgres://u:p@/d?host=/cloudsql/project:region:instance': [],
    'postgresql://u:p@localhost:5432/d?schema=public&connection_limit=5&pool_timeout=0': [
      'schema',
      'connection_limit',
      'pool_timeout',
    ],
    'postgres://u:p@db.example.com/d?ssl=true&application_name=shop&keepalives=1&keepalives_idle=20&keepalives_count=3':
      ['keepalives_count'],
    'postgres://u:p@db.example.com/d?sslmode=allow&gssencmode=prefer&channel_binding=prefer': [],
    // What psql 13 and older wrote, node-postgres, and drivers that know Kerberos.
    'postgres://u:p@db.example.com/d?sslmode=prefer&sslcompression=0&sslsni=1&krbsrvname=postgres&gssdelegation=0': [
      'krbsrvname',
      'gssdelegation',
    ],
    'postgres://u:p@db.example.com/d?sslcompression=1&sslsni=0': ['sslcompression', 'sslsni'],
    'postgres://u:p@db.example.com/d?uselibpqcompat=true&sslmode=require': ['uselibpqcompat'],
    'postgres://u:p@db.example.com:/d?sslcertmode=allow&requiressl=0': [],
    'postgres://u:p@db.example.com/d?synchronous_commit=off&statusColor=F8F8F8': ['synchronous_commit', 'statusColor'],
  };
  for (const [url, passedOver] of Object.entries(handedOut)) {
    const { warnings } = parseTarget(url);
    expect(warnings, url).toHaveLength(passedOver.length);
    passedOver.forEach((name, index) => expect(warnings[index]).toContain(`The parameter "${name}" of`));
  }
  const target = parseTarget(
    'postgres://h/d?application_name=shop&connect_timeout=15&keepalives_idle=20&options=-c%20jit%3Doff&user=me&password=p&port=6000&host=a,b',
  );
  expect(target).toMatchObject({
    hosts: [
      { name: 'a', port: 6000 },
      { name: 'b', port: 6000 },
    ],
    user: 'me',
    password: 'p',
    opening: 15_000,
    keepAlive: 20,
    startup: { application_name: 'shop', options: '-c jit=off' },
  });
  expect(parseTarget('postgres://h/d?keepalives=0').keepAlive).toBeNull();
  // As libpq reads it, but for `options`, which programs write as they write forms.
  expect(parseTarget('postgres://h/d?password=a+b%2Bc&options=-c+jit%3Doff')).toMatchObject({
    password: 'a+b+c',
    startup: { options: '-c jit=off' },
  });
});

it('OPS2.11 connects however the URL is written: over a Unix socket, with odd passwords, and past hosts that are away', async () => {
  const admin = server.url();
  const password = "p@ss:w/o?r#d%+ &='ü";
  await query(admin, `CREATE ROLE "an odd:one" LOGIN PASSWORD '${password.replaceAll("'", "''")}'`);
  await query(admin, 'CREATE DATABASE "a log/of ours" OWNER "an odd:one"');
  const [user, secret, database] = ['an odd:one', password, 'a log/of ours'].map(encodeURIComponent);
  const { port, folder } = server;
  const path = encodeURIComponent(folder);
  for (const url of [
    `postgresql://${user}:${secret}@127.0.0.1:${port}/${database}`,
    `postgres://127.0.0.1:${port}/${database}?user=${user}&password=${secret}`,
    `postgres://${user}:${secret}@/${database}?host=${folder}&port=${port}`,
    `postgres://${user}:${secret}@${path}:${port}/${database}?sslmode=require`,
    `postgres:///?host=${path}&port=${port}&dbname=${database}&user=${user}&password=${secret}`,
    // Nobody listens on the first port.
    `postgres://${user}:${secret}@127.0.0.1:1,127.0.0.1:${port}/${database}?target_session_attrs=read-write`,
    `postgres://${user}:${secret}@127.0.0.1:${port}/${database}?options=-c+application_name%3Dignored&application_name=shop`,
  ]) {
    const log = await PostgresLog.open(url, { patience: 100_000 });
    const seen = await query(
      admin,
      "SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE usename = 'an odd:one'",
    );
    await log.close();
    expect(seen, url).toEqual([{ name: url.includes('shop') ? 'shop' : 'hookcast' }]);
    await expect
      .poll(() =>
        query(admin, "SELECT FROM pg_stat_activity WHERE usename = 'an odd:one'").then(({ length }) => length),
      )
      .toBe(0);
  }
  const said = await PostgresLog.open(`postgres://${user}:wrong%20one@127.0.0.1:${port}/${database}`).then(
    () => 'opened',
    ({ message }: Error) => message,
  );
  expect(said).toMatch(/password authentication failed/);
  expect(said).not.toMatch(/wrong one/);
});

it('OPS2.11 ignores each parameter that the table calls ignored, with any value, and names the reason', () => {
  for (const [name, reason] of Object.entries(IGNORED)) {
    const { warnings } = parseTarget(`postgres://h/d?${name}=x`);
    expect(warnings, name).toEqual([`The parameter "${name}" of the postgres:// URL is ignored: ${reason}.`]);
  }
  for (const [name, reason] of Object.entries(REFUSED)) {
    expect(() => parseTarget(`postgres://h/d?${name}=require`), name).toThrow(reason);
  }
});

it('PRIV2.5 refuses a misspelled parameter or value that may be meant to protect the connection', () => {
  for (const misspelled of [
    'sslmod=require',
    'SSLMODE=require',
    'sslmode=verify_full',
    'requiressl=1',
    'use_ssl=true',
    'tls=true',
    'encrypt=true',
    'secure=true',
    'ssl=strict',
    'sslaccept=Strict',
    'sslnegotiation=drect',
    'gssencmod=require',
  ]) {
    expect(() => parseTarget(`postgres://h/d?${misspelled}`), misspelled).toThrow(/URL can't be used\. Its /);
  }
});

it('PRIV2.5 encrypts on the way to public hosts unless the URL says otherwise, and where TLS is to be had elsewhere', () => {
  const folder = temporaryFolder();
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, AUTHORITY);
  const expected: Record<string, readonly unknown[]> = {
    'postgres://db.example.com/d': ['always', false],
    'postgres://203.0.113.7/d': ['always', false],
    'postgres://[2001:db8::1]/d': ['always', false],
    'postgres://db.example.com/d?sslmode=disable': ['never', null],
    'postgres://db.example.com/d?ssl=false': ['never', null],
    'postgres://db.example.com/d?ssl=off': ['never', null],
    'postgres://localhost/d?ssl=True': ['always', false],
    'postgres://localhost/d?ssl=verify-full': ['always', true],
    'postgres://localhost/d?sslnegotiation=direct': ['always', false],
    'postgres://localhost/d?sslaccept=accept_invalid_certs': ['if offered', false],
    'postgres://db.example.com/d?sslmode=prefer': ['if offered', false],
    'postgres://db.example.com/d?sslmode=allow': ['if offered', false],
    'postgres://db.example.com/d?sslmode=no-verify': ['always', false],
    'postgres://db.example.com/d?sslmode=verify-ca': ['always', true],
    'postgres://db.example.com/d?sslmode=verify-full': ['always', true],
    'postgres://db.example.com/d?sslmode=require&sslaccept=strict': ['always', true],
    // As libpq: where an authority is named, it counts.
    [`postgres://db.example.com/d?sslmode=require&sslrootcert=${ca}`]: ['always', true],
    [`postgres://db.example.com/d?sslrootcert=${ca}`]: ['always', true],
    [`postgres://db.example.com/d?sslmode=no-verify&sslrootcert=${ca}`]: ['always', false],
    'postgres://localhost/d': ['if offered', false],
    'postgres://127.0.0.1/d': ['if offered', false],
    'postgres://[::1]/d': ['if offered', false],
    'postgres://10.1.2.3/d': ['if offered', false],
    'postgres://postgres/d': ['if offered', false],
    'postgres://db.default.svc.cluster.local/d': ['if offered', false],
    'postgres://postgres.railway.internal/d': ['if offered', false],
    'postgres://localhost/d?sslmode=require': ['always', false],
    'postgres://%2Frun%2Fpostgresql/d?sslmode=require': ['never', null],
  };
  for (const [url, how] of Object.entries(expected)) expect(encryptionOf(url), url).toEqual(how);
});

it('PRIV2.5 speaks TLS where it is to be had, and verifies as far as the URL asks', async () => {
  const url = await server.newDatabase();
  const relay = await TlsRelay.to(url);
  const ca = join(temporaryFolder(), 'ca.pem');
  writeFileSync(ca, AUTHORITY);
  const through = (host: string, parameters = '') => `${url.replace(/@.*?\//, `@${host}:${relay.port}/`)}${parameters}`;
  const open = async (at: string) => (await PostgresLog.open(at, { patience: 100_000 })).close();

  // A certificate that nobody knows, as Heroku's, and one of an authority of one's own, as RDS'.
  await open(through('localhost'));
  await open(through('localhost', '?sslmode=require'));
  await open(through('localhost', `?sslmode=verify-full&sslrootcert=${ca}`));
  await open(through('127.0.0.1', `?sslmode=verify-ca&sslrootcert=${ca}`));
  expect(relay.seen.encrypted).toBeGreaterThan(0);
  expect(relay.seen.plain).toBe(0);
  await open(through('localhost', '?sslmode=disable'));
  expect(relay.seen.plain).toBeGreaterThan(0);

  const began = performance.now();
  const unverified =
    /has a certificate that can't be verified \(.*\)\. Name the file of its authority with sslrootcert/;
  await expect(open(through('localhost', '?sslmode=verify-full'))).rejects.toThrow(unverified);
  await expect(open(through('127.0.0.1', `?sslmode=verify-full&sslrootcert=${ca}`))).rejects.toThrow(unverified);
  await expect(open(`${url}?sslmode=require`)).rejects.toThrow(/does not support TLS\. .*sslmode=disable/);
  // None of it would pass by itself.
  expect(performance.now() - began).toBeLessThan(50_000);
  // Docker's image has no TLS.
  await open(url);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('PRIV2.5 shows its own certificate where the URL names one, also with a key that is encrypted', async () => {
  const url = await server.newDatabase();
  const relay = await TlsRelay.to(url, { asksForCertificate: true });
  const folder = temporaryFolder();
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return encodeURIComponent(path);
  };
  const encrypted = createPrivateKey(LOCALHOST.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'of the+key',
  });
  const through = `${url.replace(/@.*?\//, `@localhost:${relay.port}/`)}?sslmode=verify-full&sslrootcert=${file('ca.pem', AUTHORITY)}`;
  const cert = `&sslcert=${file('cert.pem', LOCALHOST.cert)}`;
  const open = async (at: string) => (await PostgresLog.open(at, { patience: 1 })).close();
  await open(`${through}${cert}&sslkey=${file('key.pem', LOCALHOST.key)}`);
  await open(`${through}${cert}&sslkey=${file('encrypted.pem', String(encrypted))}&sslpassword=of%20the+key`);
  expect(relay.seen.plain).toBe(0);
  await expect(open(through)).rejects.toThrow(/can't be opened/);
  await expect(
    open(`${through}${cert}&sslkey=${file('encrypted.pem', String(encrypted))}&sslpassword=wrong`),
  ).rejects.toThrow(/can't be/);
});

it('OPS2.11 says at once which files of certificates can’t be used', () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return encodeURIComponent(path);
  };
  const [garbage, cert, key] = [file('garbage', 'x'), file('cert.pem', LOCALHOST.cert), file('key.pem', LOCALHOST.key)];
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = file('other.pem', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'of the key' });
  for (const [parameters, said] of Object.entries({
    [`sslrootcert=${garbage}`]: 'The file in its sslrootcert has no certificate in PEM.',
    'sslrootcert=/nowhere': 'The file in its sslrootcert can’t be read (ENOENT).',
    [`sslcert=${garbage}&sslkey=${key}`]: 'The files in its sslcert, sslkey and sslcrl can’t be used',
    [`sslcert=${cert}&sslkey=${garbage}`]: 'The files in its sslcert, sslkey and sslcrl can’t be used',
    [`sslcert=${cert}&sslkey=${other}`]: 'The files in its sslcert, sslkey and sslcrl can’t be used',
    [`sslcert=${cert}&sslkey=${file('locked.pem', String(locked))}&sslpassword=wrong`]: 'can’t be used',
    [`sslcrl=${garbage}`]: 'The files in its sslcert, sslkey and sslcrl can’t be used',
  })) {
    expect(() => parseTarget(`postgres://h/d?${parameters}`), parameters).toThrow(said);
  }
  expect(() => parseTarget(`postgres://h/d?sslcert=${cert}&sslkey=${key}`)).not.toThrow();
});

it('DOC1.5 has every parameter of the URL in the table, and nothing else', () => {
  const scaling = readFileSync(new URL('../../docs/SCALING.md', import.meta.url), 'utf8');
  const section = scaling.split('### Parameters of the URL')[1]?.split('\n## ')[0] ?? '';
  const listed = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`=]+)`/g)].map(([, name]) => name!));
  const known = [...HONORED, ...Object.keys(IGNORED), ...Object.keys(REFUSED)];
  expect(listed.toSorted()).toEqual(known.toSorted());
});
