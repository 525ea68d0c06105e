import { ConfigError } from './config-error.ts';
import type { SourceConfig } from './sources-config.ts';
import { ofAccounts } from './providers/accounts.ts';
import type { Provider } from './providers/provider.ts';
import { SHIPPED } from './providers/shipped.ts';

/**
 * Makes the sources of a configuration, by name.
 *
 * @throws {ConfigError} with one line for each setting whose secrets don't have the provider's form.
 */
export async function createSources(configs: readonly SourceConfig[]): Promise<Map<string, Provider>> {
  const sources = new Map<string, Provider>();
  const problems: string[] = [];
  for (const { name, provider: of, accounts, ...options } of configs) {
    const shipped = SHIPPED.find((source) => source.name === of)!;
    try {
      const provider = await shipped.make(options);
      sources.set(name, accounts ? ofAccounts(provider, accounts) : provider);
    } catch (error) {
      // A provider's error says what is wrong with a secret, and never quotes the secret.
      problems.push(`${shipped.needs}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return sources;
}
