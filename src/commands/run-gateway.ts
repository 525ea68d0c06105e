import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Gateway, createGateway } from '../gateway.ts';
import type { Sources } from './sources.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** Starts a gateway, says so, and runs it until the operator ends it. */
export async function runGateway(
  { config, sources, logger }: { readonly config: Config; readonly sources: Sources; readonly logger: Logger },
  terminal: Terminal,
  started: (gateway: Gateway) => void | Promise<void>,
): Promise<void> {
  // Opening the log may take long, and whoever ends it meanwhile would have it end without being closed.
  const interrupted = terminal.interrupted();
  const gateway = await createGateway(config, { sources, logger });
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
  await interrupted;
  terminal.print('Draining: what is under way is finished, subscribers are sent away to come back.');
  await gateway.close();
  terminal.print('Ended.');
}
