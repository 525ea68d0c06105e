import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import { Hint } from '../http/hint.ts';

/**
 * Refuses WebSockets that arrive as plain requests. `Upgrade` and `Connection` are for one hop. So if a proxy isn't set up for
 * WebSockets, it leaves these two out, and passes on all other headers of the handshake. A proxy that was asked over HTTP/2 had no
 * `Sec-WebSocket-Key` to pass on (RFC 8441), but the version and the protocol.
 */
export class LostUpgrades {
  readonly #hint: Hint;

  constructor(logger: Logger) {
    this.#hint = new Hint(logger);
  }

  /** @throws {HookcastError} UPGRADE_REQUIRED when a browser or a client meant to open a WebSocket. */
  check({ method, headers }: IncomingMessage): void {
    if (method !== 'GET') return;
    // Node upgrades only a request that has both headers. Some proxies leave out one of them.
    const isHandshake =
      Object.keys(headers).some((name) => name.startsWith('sec-websocket-')) ||
      headers.upgrade?.toLowerCase() === 'websocket';
    if (!isHandshake) return;
    this.#hint.give(
      { proxy: headers.via?.slice(0, 100) },
      'a WebSocket arrived without its Upgrade header: the proxy in front does not pass it on. docs/PROXIES.md says how to set it up',
    );
    throw new HookcastError(
      'UPGRADE_REQUIRED',
      'This WebSocket arrived without "Upgrade: websocket" and "Connection: Upgrade": a proxy has removed them. Configure the proxy to pass WebSockets on.',
    );
  }
}
