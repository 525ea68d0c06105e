import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** How often a taken port is tried, once in fifty milliseconds. After that the gateway tries, and says that it is taken. */
const TRIES = 1_200;

/**
 * Resolves when a gateway can listen on the port on which another one has just ended. Until then any connection that this machine
 * opens may have been given the same port for its own end, often only for a moment.
 */
export async function untilFree(port: string | undefined): Promise<void> {
  if (port === undefined || port === '0') return;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const server = createServer();
    try {
      await once(server.listen({ port: Number(port), host: '127.0.0.1' }), 'listening');
      server.close();
      await once(server, 'close');
      return;
    } catch {
      await setTimeout(50);
    }
  }
}
