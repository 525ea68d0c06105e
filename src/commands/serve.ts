import { createLogger } from './logger.ts';
import { runGateway } from './run-gateway.ts';
import { readSettings } from './sources.ts';
import type { Terminal } from './terminal.ts';

/** `hookcast serve`: the gateway, for production. @throws {ConfigError} when a setting is missing or wrong. */
export async function serve(terminal: Terminal): Promise<void> {
  const { config, sources } = await readSettings(terminal.env);
  const logger = createLogger(config.logLevel);
  await runGateway({ config, sources, logger }, { ...terminal, print: (line) => logger.info(line) }, ({ url }) =>
    logger.info({ url, sources: [...sources.keys()] }, 'listening'),
  );
  logger.flush();
}
