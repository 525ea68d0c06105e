import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Gateway, createGateway } from '../gateway.ts';
import type { PoolMember } from '../pool-member.ts';
import type { Config } from '../config.ts';
import { forLog } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { reload } from './reload.ts';
import type { ReadSettings } from './sources.ts';
import { CommandError, type GatewayTerminal } from './terminal.ts';

export interface Run {
  readonly settings: ReadSettings;
  /** Reads the settings again. */
  readonly read: () => Promise<ReadSettings>;
  readonly logger: Logger;
  readonly say: (line: string) => void;
  /** Null if the process has only one gateway. */
  readonly pool?: PoolMember | null;
}

/** Starts a gateway, reports it, and runs it until the operator ends it. */
export async function runGateway(
  { settings, read, logger, say, pool = null }: Run,
  terminal: GatewayTerminal,
  started: (gateway: Gateway) => void | Promise<void>,
): Promise<void> {
  const { config, sources } = settings;
  // Opening the log may take long. If the process is ended meanwhile, the log would not be closed.
  const interrupted = terminal.interrupted();
  const gateway = await createGateway(config, { sources, logger, pool });
  try {
    await gateway.listen();
  } catch (error) {
    await gateway.close();
    throw cannotListen(error as NodeJS.ErrnoException, config);
  }
  await started(gateway);
  const preparing = new AbortController();
  void prepare(sources.values(), preparing.signal).catch((error: unknown) =>
    logger.warn(forLog(error), 'a source could not be prepared; its first deliveries take longer'),
  );
  // Reloads run one after the other, so that the settings read last are in force.
  let current = Promise.resolve(settings);
  terminal.onReload(async () => {
    const before = current;
    current = before.then((before) => reload({ gateway, before, first: settings, read, logger, terminal }));
    return (await current) !== (await before);
  });
  await interrupted;
  preparing.abort();
  say('Draining: requests under way are finished, and subscribers are told to reconnect.');
  await gateway.close();
  say('Ended.');
}

/**
 * Prepares the providers while the gateway serves. Each step has a turn of its own, so a request waits for one step at most.
 */
async function prepare(providers: Iterable<Provider>, signal: AbortSignal): Promise<void> {
  for (const provider of providers) {
    for (const _ of provider.prepare?.() ?? []) {
      await setImmediate();
      if (signal.aborted) return;
    }
  }
}

function cannotListen({ code = 'unknown error' }: NodeJS.ErrnoException, { host, port }: Config): CommandError {
  if (code === 'EADDRINUSE') return new CommandError(`Port ${port} of ${host} is taken. Set PORT to another one.`);
  if (code === 'ENOTSUP') {
    return new CommandError(
      'Several workers need a system that divides the connections of one port among them, as Linux does. Unset WORKERS.',
    );
  }
  return new CommandError(`Can't listen on ${host}:${port} (${code}). Check HOST and PORT.`);
}
