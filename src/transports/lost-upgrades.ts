import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import { Hint } from '../http/hint.ts';

/**
 * Refuses WebSockets that arrive as plain requests. `Upgrade` and `Connection` are for one hop, so that a proxy which is not
 * told to speak WebSocket leaves them out, and hands on all other headers of the handshake.
 */
export class LostUpgrades {
  readonly #hint: Hint;

  constructor(logger: Logger) {
    this.#hint = new Hint(logger);
  }

  /** @throws {HookcastError} UPGRADE_REQUIRED when a browser or a client meant to open a WebSocket. */
  check({ method, headers }: IncomingMessage): void {
    if (method !== 'GET') return;
    // Node makes an upgrade only of a request that has both headers: some proxies leave out one of them.
    const isHandshake = headers['sec-websocket-key'] !== undefined || headers.upgrade?.toLowerCase() === 'websocket';
    if (!isHandshake) return;
    this.#hint.give(
      { proxy: headers.via?.slice(0, 100) },
      'a WebSocket arrived without its Upgrade header: the proxy in front does not pass it on. docs/PROXIES.md says how it does',
    );
    throw new HookcastError(
      'UPGRADE_REQUIRED',
      'This WebSocket arrived without "Upgrade: websocket" and "Connection: Upgrade", which a proxy on the way has taken out. Set the proxy up to pass WebSockets on.',
    );
  }
}
