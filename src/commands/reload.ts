import type { Logger } from 'pino';
import { ConfigError } from '../config-error.ts';
import type { Gateway } from '../gateway.ts';
import { RELOADED, SETTINGS } from '../settings.ts';
import type { ReadSettings } from './sources.ts';
import type { GatewayTerminal } from './terminal.ts';

export interface ReloadOptions {
  readonly gateway: Gateway;
  /**
   * `before` has the present values of settings that may change. `first` has the values from the start, which all other
   * settings keep.
   */
  readonly before: ReadSettings;
  readonly first: ReadSettings;
  readonly read: () => Promise<ReadSettings>;
  readonly logger: Logger;
  readonly terminal: Pick<GatewayTerminal, 'rereadEnv'>;
}

/**
 * Reads the settings again, applies those that may change while the gateway runs, and logs their names without values. If a
 * setting is wrong, everything stays as it was.
 *
 * @returns the settings with which the gateway runs from now on.
 */
export async function reload({ gateway, before, first, read, logger, terminal }: ReloadOptions): Promise<ReadSettings> {
  let next: ReadSettings;
  try {
    terminal.rereadEnv();
    next = await read();
    gateway.reload(next.config, next.sources);
  } catch (error) {
    sayNotApplied(error, logger);
    return before;
  }
  const changed = differences(before, next).filter((name) => RELOADED.includes(name));
  logger.info({ changed, sources: [...next.sources.keys()] }, 'the settings were read again');
  for (const line of next.warnings) logger.warn(line);
  const waiting = differences(first, next).filter((name) => !RELOADED.includes(name));
  if (waiting.length > 0) logger.warn({ settings: waiting }, 'these settings change only after a restart');
  return next;
}

/** Logs why settings that were read again are not in force. */
export function sayNotApplied(error: unknown, logger: Logger): void {
  for (const problem of problemsOf(error)) logger.error({ problem }, 'the settings were read again, but not applied');
}

function differences({ said: one }: ReadSettings, { said: other }: ReadSettings): readonly string[] {
  return SETTINGS.filter((name) => one.get(name) !== other.get(name));
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}
