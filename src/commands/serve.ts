import { availableParallelism } from 'node:os';
import { configFileOf } from '../config-file.ts';
import { readLogLevel, readWorkers } from '../config-parts.ts';
import { type Variables, readFiles } from '../setting-files.ts';
import { createLogger } from './logger.ts';
import { sayNotApplied } from './reload.ts';
import { runGateway } from './run-gateway.ts';
import { readSettings } from './sources.ts';
import type { GatewayTerminal } from './terminal.ts';

/** How long the process waits until the last lines are read, in milliseconds. */
const LAST_LINES = 500;

export interface ServeOptions {
  /** It takes precedence over WORKERS. */
  readonly workers?: string;
}

/** `hookcast serve`: the gateway, for production. @throws {ConfigError} when a setting is missing or wrong. */
export async function serve(terminal: GatewayTerminal, { workers }: ServeOptions = {}): Promise<void> {
  const asked = readWorkers(workers === undefined ? terminal.env : { WORKERS: workers });
  const count = asked === 'auto' ? availableParallelism() : asked;
  await (count === 1 ? serveAlone(terminal) : serveWithWorkers(terminal, count));
  await terminal.stdout.end(LAST_LINES);
}

async function serveAlone(terminal: GatewayTerminal): Promise<void> {
  const settings = await readSettings(terminal.env);
  const read = () => readSettings(terminal.env, { anew: true });
  const logger = createLogger(settings.config.logLevel, terminal.stdout);
  for (const line of settings.warnings) logger.warn(line);
  await runGateway({ settings, read, logger, say: (line) => logger.info(line) }, terminal, ({ url }) =>
    logger.info({ url, sources: [...settings.sources.keys()] }, 'listening'),
  );
}

async function serveWithWorkers(terminal: GatewayTerminal, workers: number): Promise<void> {
  const { WorkerPool } = await import('../workers/worker-pool.ts');
  const logger = createLogger(readLogLevel(terminal.env), terminal.stdout);
  const interrupted = terminal.interrupted();
  const pool = new WorkerPool({
    workers,
    env: forWorkers(terminal.env),
    logger,
    write: (line) => terminal.stdout.write(line),
  });
  const { url, sources } = await pool.start();
  logger.info({ url, sources, workers }, 'listening');
  terminal.onReload(async () => {
    try {
      terminal.rereadEnv();
      return await pool.reload(forWorkers(terminal.env));
    } catch (error) {
      // An error of a signal's listener would end the process.
      sayNotApplied(error, logger);
      return false;
    }
  });
  await interrupted;
  logger.info('Draining: requests under way are finished, and subscribers are told to reconnect.');
  await pool.drain();
  logger.info('Ended.');
}

/**
 * The environment with the contents of the files that settings name. A file may change at any time, and each worker reads its settings by
 * itself, the one that takes the place of another much later. So all of them get what was read once. If a file can't be read, the first
 * worker finds that with all else that is wrong. A `hookcast.config.ts` reads its files itself.
 */
function forWorkers(given: Variables): Variables {
  if (configFileOf(given['CONFIG_FILE']) !== null) return given;
  const { env, problems } = readFiles(given);
  return problems.length > 0 ? given : env;
}
