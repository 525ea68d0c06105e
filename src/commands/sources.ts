import { type Config, ConfigError, readConfig, readSources } from '../config.ts';
import { loadConfigFile } from '../config-file.ts';
import type { Provider } from '../providers/provider.ts';
import { createSources } from '../sources.ts';
import type { Terminal } from './terminal.ts';

export type Sources = ReadonlyMap<string, Provider>;

/** The settings of a gateway and its sources: those of the file of one's own, or else of the environment. */
export async function readSettings(
  env: Terminal['env'],
  dev: Config['dev'] = null,
): Promise<{ readonly config: Config; readonly sources: Sources; readonly isOwn: boolean }> {
  const own = await findOwnSources(env);
  const config = readConfig(env, { dev, sourcesElsewhere: own !== null });
  return { config, sources: own ?? createSources(config.sources), isOwn: own !== null };
}

/** Only the sources: what is enough to look at a delivery. */
export async function findSources({ env }: Terminal): Promise<Sources> {
  return (await findOwnSources(env)) ?? createSources(readSources(env));
}

/** The sources of the file of one's own; null when there is none. @throws {ConfigError} */
export async function findOwnSources(env: Terminal['env']): Promise<Sources | null> {
  const own = await loadConfigFile(env['CONFIG_FILE']);
  if (own && env['SOURCES']?.trim()) {
    const file = env['CONFIG_FILE'] || 'hookcast.config.ts';
    throw new ConfigError([`SOURCES: ${file} names the sources already; unset the one, or take away the other`]);
  }
  return own;
}
