import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createLogger } from '../commands/logger.ts';
import { describeError } from '../commands/describe-error.ts';
import { runGateway } from '../commands/run-gateway.ts';
import { type ReadSettings, readSettings } from '../commands/sources.ts';
import type { Config } from '../config.ts';
import type { RecentRecord } from '../events/recent.ts';
import { startShared } from '../open-log.ts';
import { Ledger } from '../tallies/ledger.ts';
import { SharedTallies } from '../tallies/shared-tallies.ts';
import type { FromWorker, Orders } from './messages.ts';
import { monotonic } from './monotonic.ts';
import { SharedRecent } from './shared-recent.ts';
import { WorkerTerminal } from './worker-terminal.ts';

/** The thread of one worker: a gateway like that of `hookcast serve`, except for what it shares with the others. */
if (parentPort) await work(parentPort, workerData as Orders);

async function work(port: MessagePort, orders: Orders): Promise<void> {
  const tell = (message: FromWorker) => port.postMessage(message);
  const terminal = new WorkerTerminal(port, process.env);
  try {
    await serve(port, orders, terminal);
  } catch (error) {
    tell({ kind: 'failed', lines: describeError(error) });
  }
  terminal.stdout.flushLast();
  tell({ kind: 'ended' });
  // After this, nothing keeps the thread alive.
  port.close();
}

async function serve(port: MessagePort, orders: Orders, terminal: WorkerTerminal): Promise<void> {
  const { number, workers, ledger, channel } = orders;
  const isFirst = number === 1;
  const settings = forOne(await readSettings(terminal.env), orders);
  const logger = createLogger(settings.config.logLevel, terminal.stdout).child({ worker: number });
  for (const line of isFirst ? settings.warnings : []) logger.warn(line);
  const pool = {
    workers,
    isFirst,
    isAlone: orders.port === null,
    tallies: new SharedTallies(new Ledger(ledger, number - 1, monotonic)),
    startThread: startShared((name, file, thread) => {
      port.postMessage({ kind: 'thread', name, file, port: thread } satisfies FromWorker, [thread]);
    }),
    scrape: () => terminal.scrape(),
    shareRecent: (own: RecentRecord) => new SharedRecent(own, channel, workers),
  };
  const run = { settings, read: () => readSettings(terminal.env, { anew: true }), logger, say: () => {}, pool };
  await runGateway(run, terminal, (gateway) => {
    terminal.onMeasure(() => gateway.measure());
    const sources = [...settings.sources.keys()];
    port.postMessage({ kind: 'listening', url: gateway.url, sources } satisfies FromWorker);
  });
}

/** The settings of one worker: the others' port, and its share of limits that are set for all together. */
function forOne(settings: ReadSettings, { port, workers }: Orders): ReadSettings {
  const { limits } = settings.config;
  const config: Config = {
    ...settings.config,
    port: port ?? settings.config.port,
    limits: {
      ...limits,
      reading: Math.ceil(limits.reading / workers),
      webhooks: { ...limits.webhooks, unfinished: Math.ceil(limits.webhooks.unfinished / workers) },
    },
  };
  return { ...settings, config };
}
