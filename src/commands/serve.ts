import { createLogger } from './logger.ts';
import { runGateway } from './run-gateway.ts';
import { readSettings } from './sources.ts';
import type { GatewayTerminal } from './terminal.ts';

/** How long the last lines may take to be read, in milliseconds. */
const LAST_LINES = 500;

/** `hookcast serve`: the gateway, for production. @throws {ConfigError} when a setting is missing or wrong. */
export async function serve(terminal: GatewayTerminal): Promise<void> {
  const settings = await readSettings(terminal.env);
  const read = () => readSettings(terminal.env, { anew: true });
  const logger = createLogger(settings.config.logLevel, terminal.stdout);
  for (const line of settings.warnings) logger.warn(line);
  await runGateway({ settings, read, logger, say: (line) => logger.info(line) }, terminal, ({ url }) =>
    logger.info({ url, sources: [...settings.sources.keys()] }, 'listening'),
  );
  await terminal.stdout.end(LAST_LINES);
}
