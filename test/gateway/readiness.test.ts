import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { WORKERS } from '../support/child.ts';
import { atEnd } from '../support/ending.ts';
import { TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';
import { query, sharedPostgres } from '../support/postgres.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';

const server = sharedPostgres();

const readyz = async ({ url }: TestGateway) => (await fetch(`${url}/readyz`)).status;

/** A role that may do what is said with a log that others have made, and the URL by which it comes. */
async function roleOn(url: string, grants: string, options = ''): Promise<{ role: string; asRole: string }> {
  const role = `role_${randomBytes(4).toString('hex')}`;
  await query(
    url,
    `CREATE ROLE ${role} LOGIN PASSWORD 'of-the-role' ${options};
     GRANT USAGE ON SCHEMA hookcast TO ${role}; GRANT ${grants} ON ALL TABLES IN SCHEMA hookcast TO ${role};
     GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA hookcast TO ${role}`,
  );
  atEnd(() => query(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`));
  return { role, asRole: Object.assign(new URL(url), { username: role, password: 'of-the-role' }).href };
}

it('OPS4.4 does not start for a role that may only read, and is not ready once it may no longer write', async () => {
  const url = await server.newDatabase();
  const maker = await TestGateway.start({ env: { DATABASE_URL: url } });
  await maker.close();
  const reader = await roleOn(url, 'SELECT');
  await expect(TestGateway.start({ env: { DATABASE_URL: reader.asRole } })).rejects.toThrow(/42501, permission denied/);

  const { role, asRole } = await roleOn(url, 'SELECT, INSERT, UPDATE, DELETE');
  const gateway = await TestGateway.start({ env: { DATABASE_URL: asRole } });
  expect(await readyz(gateway)).toBe(200);
  await query(url, `REVOKE INSERT ON hookcast.events FROM ${role}`);
  await expect.poll(() => readyz(gateway)).toBe(503);
  expect((await gateway.query('{ events(first: 1) { head } }')).errors).toBeUndefined();
  await query(url, `GRANT INSERT ON hookcast.events TO ${role}`);
  await expect.poll(() => readyz(gateway)).toBe(200);
  // Only a delivery that goes to quarantine would notice.
  await query(url, `REVOKE UPDATE ON hookcast.quarantine FROM ${role}`);
  await expect.poll(() => readyz(gateway)).toBe(503);
  await query(url, `GRANT UPDATE ON hookcast.quarantine TO ${role}`);
  await expect.poll(() => readyz(gateway)).toBe(200);
  await gateway.close();
});

// Each worker has a connection of its own that writes.
it.skipIf(WORKERS > 1)('OPS4.5 takes deliveries with two connections, however many subscribe and read', async () => {
  const url = await server.newDatabase();
  const maker = await TestGateway.start({ env: { DATABASE_URL: url } });
  await maker.close();
  // One of them for the start alone, which looks with two whether sessions are shared.
  const { role, asRole } = await roleOn(url, 'SELECT, INSERT, UPDATE, DELETE', 'CONNECTION LIMIT 2');
  const gateway = await TestGateway.start({ env: { DATABASE_URL: asRole } });
  const subscriber = new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, { after: null });
  await subscriber.caughtUp();
  const ids = Array.from({ length: 4 }, (_, index) => `event-${index}`);
  for (const id of ids) {
    const [receipt] = await Promise.all([
      gateway.eduzz(attendanceCanceled({ id })),
      ...Array.from({ length: 10 }, () => gateway.query('{ events(first: 10) { head } }')),
    ]);
    expect(receipt.status).toBe(200);
  }
  await subscriber.events(ids.length);
  // The one that writes is lost, and readers are quick to take its place: they give it back.
  await query(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}' AND query LIKE '%hookcast.append%'`,
  );
  await Promise.all(Array.from({ length: 10 }, () => gateway.query('{ events(first: 10) { head } }')));
  await expect.poll(async () => (await gateway.eduzz(attendanceCanceled({ id: 'after' }))).status).toBe(200);
  await expect.poll(() => readyz(gateway)).toBe(200);
  await gateway.close();
});

it('OPS4.4 is not ready while another process keeps the SQLite file from being written', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  expect(await readyz(gateway)).toBe(200);
  const other = new DatabaseSync(join(folder, 'hookcast.db'), { timeout: 30_000 });
  // The gateway tries now and then whether it can write, and this waits for it.
  other.exec('BEGIN IMMEDIATE');
  await expect.poll(() => readyz(gateway)).toBe(503);
  other.exec('ROLLBACK');
  other.close();
  await expect.poll(() => readyz(gateway)).toBe(200);
});
