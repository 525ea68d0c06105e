import { readConfig } from '../config.ts';
import { createLogger } from './logger.ts';
import { runGateway } from './run-gateway.ts';
import type { Terminal } from './terminal.ts';

/** `hookcast serve`: the gateway, for production. @throws {ConfigError} when a setting is missing or wrong. */
export async function serve(terminal: Terminal): Promise<void> {
  const config = readConfig(terminal.env);
  const logger = createLogger(config.logLevel);
  await runGateway(config, logger, { ...terminal, print: (line) => logger.info(line) }, ({ url }) =>
    logger.info({ url, sources: config.sources.map(({ name }) => name) }, 'listening'),
  );
  logger.flush();
}
