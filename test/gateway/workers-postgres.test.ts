import postgres from 'postgres';
import { expect, it, onTestFinished } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { deliver } from '../support/deliver.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { Providers } from '../support/providers.ts';
import { Returning, expectEachOnce } from '../support/returning.ts';
import { SeveralWorkers } from '../support/several-workers.ts';
import { thoroughly } from '../support/thorough.ts';

const WORKERS = 3;

const server = sharedPostgres();

it('OPS11.1 LOG5.1 keeps each promise on PostgreSQL too when workers die, with few connections for each, and drains', async () => {
  const url = await server.newDatabase();
  const gateway = await SeveralWorkers.start({ ...environment(temporaryFolder()), DATABASE_URL: url }, WORKERS);
  onTestFinished(async () => void (await gateway.end('SIGKILL')));
  const token = await makeToken();
  const clients = await Promise.all(
    Array.from({ length: 6 }, () => Returning.begin(() => gateway.webSocketUrl, token)),
  );
  const providers = new Providers(() => [gateway.url], { pause: 25 });
  for (let kill = 0; kill < thoroughly(WORKERS, 1); kill += 1) {
    const { size } = providers.acknowledged;
    await expect.poll(() => providers.acknowledged.size, { interval: 5 }).toBeGreaterThan(size + 20);
    await gateway.killOne();
  }
  await providers.stop();
  // An event that one worker takes reaches the clients of another.
  await deliver(gateway, attendanceCanceled({ id: 'last' }));
  providers.acknowledged.add('last');
  await expectEachOnce(gateway.url, providers, clients);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const [{ count } = { count: 0 }] = await sql`
    SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  await sql.end();
  // Each has one that writes, one that listens and three that read at most, and one that cleans up now and then.
  expect(count).toBeLessThanOrEqual(WORKERS * 6);
  expect(await gateway.end('SIGTERM')).toBe(0);
});
