import type { Logger } from 'pino';
import { type Gateway, createGateway } from '../gateway.ts';
import { reload } from './reload.ts';
import type { ReadSettings } from './sources.ts';
import { CommandError, type GatewayTerminal } from './terminal.ts';

export interface Run {
  readonly settings: ReadSettings;
  /** Reads them anew. */
  readonly read: () => Promise<ReadSettings>;
  readonly logger: Logger;
  readonly say: (line: string) => void;
}

/** Starts a gateway, says so, and runs it until the operator ends it. */
export async function runGateway(
  { settings, read, logger, say }: Run,
  terminal: GatewayTerminal,
  started: (gateway: Gateway) => void | Promise<void>,
): Promise<void> {
  const { config, sources } = settings;
  // Opening the log may take long, and whoever ends it meanwhile would have it end without being closed.
  const interrupted = terminal.interrupted();
  const gateway = await createGateway(config, { sources, logger });
  for (const provider of sources.values()) provider.prepare?.();
  try {
    await gateway.listen();
  } catch (error) {
    await gateway.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new CommandError(`Port ${config.port} of ${config.host} is taken. Set PORT to another one.`);
    }
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new CommandError(`Can't listen on ${config.host}:${config.port} (${code}). Check HOST and PORT.`);
  }
  await started(gateway);
  // One after the other: what was read last counts.
  let current = Promise.resolve(settings);
  terminal.onReload(() => {
    current = current.then((before) => reload({ gateway, before, first: settings, read, logger, terminal }));
  });
  await interrupted;
  say('Draining: requests under way are finished, and subscribers are told to reconnect.');
  await gateway.close();
  say('Ended.');
}
