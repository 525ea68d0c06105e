import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PostgresServer } from '../test/support/postgres.ts';
import { type Measured, load, makeRequests, median } from './load.ts';
import { cpuOf } from './process-tree.ts';

const SECRET = 'the benchmark signs with a secret of this length';
const CONNECTIONS = 64;
const ROUNDS = 3;
const ROUND = 5_000;
/** How long to warm up, in milliseconds, until the code is compiled as in a server that has run for days. */
const WARM_UP = 4_000;
/** More requests than any contestant answers in a round. */
const REQUESTS = 250_000;

interface Contestant {
  readonly server: URL;
  readonly processes: number;
  readonly postgres?: true;
}

/** The contestants of one run by name, and the pairs that are compared. */
interface Plan {
  readonly contestants: Readonly<Record<string, Contestant>>;
  readonly pairs: readonly (readonly [one: string, other: string])[];
}

const here = (server: string) => new URL(server, import.meta.url);
const GATEWAY = here('./gateway.child.ts');

/** @param other the gateway of another build, in its own checkout; null for none. */
function onSqlite(other: URL | null): Plan {
  return {
    contestants: {
      bare: { server: here('./bare.child.ts'), processes: 1 },
      'one transaction each': { server: here('./one-transaction.child.ts'), processes: 1 },
      ...(other && { [OTHER]: { server: other, processes: 1 } }),
      gateway: { server: GATEWAY, processes: 1 },
    },
    pairs: [
      ['gateway', 'one transaction each'],
      ['gateway', 'bare'],
      ...(other ? ([['gateway', OTHER]] as const) : []),
    ],
  };
}

/** @param other the gateway of another build, in its own checkout; null for none. */
function onPostgres(other: URL | null): Plan {
  return {
    contestants: {
      'SQLite, one gateway': { server: GATEWAY, processes: 1 },
      ...(other && { [OTHER]: { server: other, processes: 1, postgres: true } }),
      'PostgreSQL, one gateway': { server: GATEWAY, processes: 1, postgres: true },
      'PostgreSQL, two gateways': { server: GATEWAY, processes: 2, postgres: true },
    },
    pairs: [
      ['PostgreSQL, one gateway', 'SQLite, one gateway'],
      ['PostgreSQL, two gateways', 'PostgreSQL, one gateway'],
      ...(other ? ([['PostgreSQL, one gateway', OTHER]] as const) : []),
    ],
  };
}

const OTHER = 'the other build';

interface Round extends Measured {
  /** Microseconds of CPU for each webhook: of the gateways with all threads, and of PostgreSQL. */
  readonly own: number;
  readonly postgres: number | null;
}

/**
 * Measures webhooks a second, and microseconds of CPU for each. By default it compares the gateway with a handler that does nothing
 * and with one that commits for each request. With `--database postgres`, it compares one and two gateways on PostgreSQL with one on
 * SQLite. With `--against FOLDER`, the gateway of another checkout takes part, which needs its own node_modules.
 */
export async function main(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { database: { type: 'string' }, against: { type: 'string' } },
  });
  const isOnPostgres = values.database === 'postgres';
  const other =
    values.against === undefined ? null : pathToFileURL(join(resolve(values.against), 'bench/gateway.child.ts'));
  const { contestants, pairs } = (isOnPostgres ? onPostgres : onSqlite)(other);
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const postgres = isOnPostgres ? await PostgresServer.start(['shared_buffers=512MB', 'max_wal_size=8GB']) : null;
  const results: Record<string, Round[]> = {};
  try {
    console.log(`Signing ${REQUESTS} deliveries…`);
    const requests = makeRequests(REQUESTS, SECRET);
    // The contestants take turns for several rounds, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, contestant] of Object.entries(contestants)) {
        const env = contestant.postgres
          ? { BENCH_DATABASE_URL: await postgres!.newDatabase() }
          : { BENCH_DATABASE: join(folder, `${name}-${round}`, 'hookcast.db') };
        const measured = await measure(contestant, requests, env, contestant.postgres ? postgres : null);
        (results[name] ??= []).push(measured);
        report(name, measured);
      }
    }
    console.log('\nMedians of the rounds:');
    for (const name of Object.keys(contestants)) console.log(`  ${name.padEnd(26)} ${Math.round(rateOf(name))}/s`);
    for (const [one, peer] of pairs) {
      const rates = (rateOf(one) / rateOf(peer)).toFixed(2);
      const cpu = (cpuOfOne(one) / cpuOfOne(peer)).toFixed(2);
      console.log(`  ${`${one} / ${peer}:`.padEnd(52)} ${rates}, CPU a webhook ${cpu}`);
    }
    const last = Object.keys(contestants).at(-1)!;
    const worst = Math.max(...results[last]!.map(({ p99 }) => p99));
    console.log(`  ${last}, worst p99: ${worst.toFixed(1)} ms`);
    for (const [name, rounds] of Object.entries(results)) {
      const own = `${cpuOfOne(name).toFixed(0)} µs of CPU a webhook`;
      const cpu = rounds.flatMap(({ postgres }) => postgres ?? []);
      console.log(`  ${name}: ${own}${cpu.length > 0 ? `, PostgreSQL ${median(cpu).toFixed(0)} µs` : ''}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await postgres?.remove();
  }

  function rateOf(name: string): number {
    return median((results[name] ?? []).map(({ rate }) => rate));
  }

  function cpuOfOne(name: string): number {
    return median((results[name] ?? []).map(({ own }) => own));
  }
}

async function measure(
  { server, processes }: Contestant,
  requests: Buffer[],
  env: Record<string, string>,
  postgres: PostgresServer | null,
): Promise<Round> {
  const started = await Promise.all(Array.from({ length: processes }, () => start(server, env)));
  try {
    const all = (from: number, to: number, ms: number) =>
      Promise.all(
        started.map(({ port }, index) => {
          const share = requests.slice(from, to).filter((_, request) => request % processes === index);
          return load(port, share, CONNECTIONS / processes, ms);
        }),
      );
    await all(0, REQUESTS / 4, WARM_UP);
    const used = () => started.reduce((sum, { child }) => sum + cpuOf(child.pid!), 0);
    const before = { own: used(), postgres: postgres ? cpuOf(postgres.pid) : 0 };
    const measured = await all(REQUESTS / 4, REQUESTS, ROUND);
    const rate = measured.reduce((sum, one) => sum + one.rate, 0);
    const each = (cpu: number) => cpu / ((rate * ROUND) / 1_000);
    return {
      rate,
      p50: median(measured.map(({ p50 }) => p50)),
      p99: Math.max(...measured.map(({ p99 }) => p99)),
      worst: Math.max(...measured.map(({ worst }) => worst)),
      failed: measured.reduce((sum, one) => sum + one.failed, 0),
      own: each(used() - before.own),
      postgres: postgres ? each(cpuOf(postgres.pid) - before.postgres) : null,
    };
  } finally {
    for (const { child } of started) child.kill('SIGKILL');
    await Promise.all(started.map(({ child }) => new Promise((resolve) => child.once('exit', resolve))));
  }
}

async function start(server: URL, env: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(server, {
    env: { ...process.env, ...env, BENCH_SECRET: SECRET },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', () => reject(new Error(`${server.pathname} did not start`)));
  });
  child.removeAllListeners('exit');
  return { child, port };
}

function report(name: string, { rate, p50, p99, worst, failed }: Measured): void {
  const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`;
  console.log(
    `${name.padEnd(26)} ${String(Math.round(rate)).padStart(6)}/s  ${latency}${failed ? `, ${failed} failed` : ''}`,
  );
}
