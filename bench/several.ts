import { setTimeout } from 'node:timers/promises';
import postgres from 'postgres';
import { PostgresServer } from '../test/support/postgres.ts';
import { Crowd } from './crowd.ts';
import { median } from './load.ts';
import { cpuOf } from './process-tree.ts';
import { SUBSCRIPTION, Server, delivery, makeToken } from './servers.ts';

const SUBSCRIBERS = 20;
const PER_SECOND = 50;
const SECONDS = 20;
const WARM_UP = 5;
const IDLE = 30;

/** Two gateways on one PostgreSQL: the time from one to the subscribers of the other, and their cost while nothing happens. */
export async function main(): Promise<void> {
  // Autovacuum is off, because its work would be counted with the gateways'.
  const server = await PostgresServer.start(['autovacuum=off']);
  const servers: Server[] = [];
  const crowd = new Crowd();
  try {
    const url = await server.newDatabase();
    const [here, there] = await Promise.all([0, 1].map(() => Server.start('gateway', { BENCH_DATABASE_URL: url })));
    servers.push(here!, there!);
    await crowd.open(there!.webSocketUrl, SUBSCRIBERS, {
      tokens: [await makeToken()],
      query: SUBSCRIPTION,
      look: 'latency',
    });
    await crowd.until(({ ready }) => ready === SUBSCRIBERS);

    await post(here!, WARM_UP);
    await crowd.until(({ received }) => received === SUBSCRIBERS * PER_SECOND * WARM_UP);
    await crowd.ask({ do: 'reset' });
    const acks = await post(here!, SECONDS);
    await crowd.until(({ received }) => received === SUBSCRIBERS * PER_SECOND * SECONDS);
    const { latencies } = await crowd.ask({ do: 'count', latencies: true });
    console.log(`${PER_SECOND} webhooks/s for ${SECONDS} s to one gateway, ${SUBSCRIBERS} subscribers at the other:`);
    console.log(`  posted to acknowledged  ${described(acks)}`);
    console.log(`  posted to received      ${described(latencies)}`);

    console.log(`Nothing for ${IDLE} s, the other gateway with subscribers and the one without:`);
    const client = postgres(url, { max: 1, fetch_types: false });
    // PostgreSQL's sessions report what they have done after ten idle seconds.
    await setTimeout(12_000);
    await transactionsOf(client);
    const [transactions, cpu] = [await transactionsOf(client), cpuOf(server.pid)];
    await setTimeout(IDLE * 1_000);
    // The statements of `transactionsOf` itself are not counted.
    const spent = (await transactionsOf(client)) - transactions - 2;
    console.log(
      `  ${(spent / IDLE).toFixed(2)} statements/s, ${((cpuOf(server.pid) - cpu) / IDLE / 1_000).toFixed(1)} ms of CPU/s`,
    );
    const [connections] = await client`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hookcast'`;
    console.log(`  ${connections?.['count']} connections`);
    await client.end();
  } finally {
    crowd.end();
    await Promise.all(servers.map((server) => server.end()));
    await server.remove();
  }
}

/** Posts each event at its time, whether the one before was answered or not. Returns how long each answer took, in milliseconds. */
async function post(server: Server, seconds: number): Promise<number[]> {
  const answers: Promise<number>[] = [];
  const began = performance.now();
  for (let event = 0; event < seconds * PER_SECOND; event += 1) {
    await setTimeout(Math.max(0, began + (event * 1_000) / PER_SECOND - performance.now()));
    const at = performance.now();
    answers.push(server.post(delivery(`t${performance.timeOrigin + at}`)).then(() => performance.now() - at));
  }
  return Promise.all(answers);
}

/** Counts committed transactions. Each statement of a gateway is a transaction. */
async function transactionsOf(client: postgres.Sql): Promise<number> {
  await client`SELECT pg_stat_force_next_flush()`;
  const [row] = await client`SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()`;
  return Number(row?.['xact_commit']);
}

function described(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
  return `p50 ${median(values).toFixed(1)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`;
}
