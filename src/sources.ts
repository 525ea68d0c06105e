import { ConfigError, type SourceConfig, settingOf } from './config.ts';
import { ofAccounts } from './providers/accounts.ts';
import { calCom } from './providers/cal-com/cal-com.ts';
import { calendly } from './providers/calendly/calendly.ts';
import { eduzz } from './providers/eduzz/eduzz.ts';
import type { Provider } from './providers/provider.ts';
import { standardWebhooks } from './providers/standard-webhooks/standard-webhooks.ts';
import { stripe } from './providers/stripe/stripe.ts';
import { wix } from './providers/wix/wix.ts';

/**
 * The sources of a configuration, by their names: the only place that names providers.
 *
 * @throws {ConfigError} with one line for each setting that holds secrets of another form than the provider's.
 */
export function createSources(configs: readonly SourceConfig[]): Map<string, Provider> {
  const sources = new Map<string, Provider>();
  const problems: string[] = [];
  for (const config of configs) {
    try {
      const provider = createProvider(config);
      const accounts = 'accounts' in config ? config.accounts : null;
      sources.set(config.name, accounts ? ofAccounts(provider, accounts) : provider);
    } catch (error) {
      // Providers say what is wrong with a secret, and nothing of what it is.
      problems.push(`${settingOf(config.provider)}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return sources;
}

function createProvider(config: SourceConfig): Provider {
  switch (config.provider) {
    case 'eduzz':
      return eduzz(config);
    case 'wix':
      return wix(config);
    case 'calcom':
      return calCom(config);
    case 'calendly':
      return calendly(config);
    case 'stripe':
      return stripe(config);
    case 'standard-webhooks':
      return standardWebhooks(config);
  }
}
