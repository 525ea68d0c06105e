import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IGNORED, REFUSED } from '../../src/log/postgres/parameters.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { HONORED, parseTarget } from '../../src/log/postgres/target.ts';
import { AUTHORITY } from '../fixtures/certificates.ts';
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

it('OPS2.11 takes URLs as hosting companies give them, and warns of parameters that it ignores', () => {
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
  // None of these faults would pass by itself.
  expect(performance.now() - began).toBeLessThan(50_000);
  // Docker's image has no TLS.
  await open(url);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
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
