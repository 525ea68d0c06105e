import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, load, makeRequests, median } from './load.ts';

const SECRET = 'the benchmark signs with a secret of this length';
const CONNECTIONS = 64;
const ROUNDS = 3;
const ROUND = 5_000;
/** Until what runs is what a server of some days runs: compiled, in milliseconds. */
const WARM_UP = 4_000;
/** More than any of them answers in a round. */
const REQUESTS = 250_000;

const SERVERS = {
  bare: './bare.child.ts',
  'one transaction each': './one-transaction.child.ts',
  gateway: './gateway.child.ts',
};
type Name = keyof typeof SERVERS;

/** Webhooks a second: the gateway beside a handler that does nothing and one that commits for each request. */
export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const children: ChildProcess[] = [];
  try {
    console.log(`Signing ${REQUESTS} deliveries…`);
    const requests = makeRequests(REQUESTS, SECRET);
    const results: Record<Name, Measured[]> = { bare: [], 'one transaction each': [], gateway: [] };
    // In turn and several times over, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of Object.keys(SERVERS) as Name[]) {
        const { child, port } = await start(name, join(folder, `${name}-${round}`, 'hookcast.db'));
        children.push(child);
        const warm = requests.slice(0, REQUESTS / 4);
        await load(port, warm, CONNECTIONS, WARM_UP);
        const measured = await load(port, requests.slice(REQUESTS / 4), CONNECTIONS, ROUND);
        results[name].push(measured);
        child.kill();
        await new Promise((resolve) => child.once('exit', resolve));
        report(name, measured);
      }
    }
    const rate = (name: Name) => median(results[name].map((measured) => measured.rate));
    const worst = Math.max(...results.gateway.map(({ p99 }) => p99));
    console.log('\nMedians of the rounds:');
    for (const name of Object.keys(SERVERS) as Name[]) console.log(`  ${name.padEnd(22)} ${Math.round(rate(name))}/s`);
    console.log(`  gateway / one transaction each: ${(rate('gateway') / rate('one transaction each')).toFixed(2)}`);
    console.log(`  gateway / bare:                 ${(rate('gateway') / rate('bare')).toFixed(2)}`);
    console.log(`  gateway's worst p99:            ${worst.toFixed(1)} ms`);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(name: Name, database: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL(SERVERS[name], import.meta.url), {
    env: { ...process.env, BENCH_DATABASE: database, BENCH_SECRET: SECRET },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', () => reject(new Error(`${name} did not start`)));
  });
  return { child, port };
}

function report(name: Name, { rate, p50, p99, worst, failed }: Measured): void {
  const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`;
  console.log(
    `${name.padEnd(22)} ${String(Math.round(rate)).padStart(6)}/s  ${latency}${failed ? `, ${failed} failed` : ''}`,
  );
}
