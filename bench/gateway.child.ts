import { generateKeyPairSync } from 'node:crypto';
import { createLogger } from '../src/commands/logger.ts';
import { ProcessTerminal } from '../src/commands/process-terminal.ts';
import { readConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import { WorkerPool } from '../src/workers/worker-pool.ts';
import { meter } from './meter.ts';

/** The gateway as `hookcast serve` runs it, log lines included. It sends its port. */
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const env = {
  PORT: process.env['BENCH_PORT'] ?? '0',
  DATABASE_URL: process.env['BENCH_DATABASE_URL'] ?? `sqlite:${process.env['BENCH_DATABASE']}`,
  EDUZZ_SECRETS: process.env['BENCH_SECRET'],
  WIX_PUBLIC_KEYS: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  AUTH_SECRET: process.env['BENCH_SECRET'],
  LOG_LEVEL: process.env['BENCH_LOG'],
  // The benchmark opens thousands of sockets with one token from one address.
  MAX_CONNECTIONS_PER_TOKEN: '0',
  MAX_SUBSCRIPTIONS_PER_TOKEN: '0',
  QUERY_RATE_PER_TOKEN: '0',
  MAX_QUERIES_PER_TOKEN: '0',
  MAX_CONNECTIONS_PER_ADDRESS: '0',
  DRAIN_NOTICE_SECONDS: '0',
  DRAIN_SPREAD_SECONDS: '0',
};
const config = readConfig(env);
const workers = Number(process.env['BENCH_WORKERS'] ?? 1);
const { stdout } = new ProcessTerminal(process);
const logger = createLogger(config.logLevel, stdout);
const port = workers === 1 ? await serveAlone() : await serveWithWorkers();
meter();
process.send?.(port);

async function serveAlone(): Promise<number> {
  const gateway = await createGateway(config, { logger });
  await gateway.listen();
  return Number(new URL(gateway.url).port);
}

async function serveWithWorkers(): Promise<number> {
  const pool = new WorkerPool({ workers, env, logger, write: (line) => stdout.write(line) });
  const { url } = await pool.start();
  return Number(new URL(url).port);
}
