import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Addresses } from './address.ts';
import { Hint } from './hint.ts';

/** Tells the operator that an address which met its limit may be a proxy that TRUST_PROXY does not name. */
export class ProxyHint {
  readonly #addresses: Addresses;
  readonly #hint: Hint;

  constructor({ addresses, logger }: { readonly addresses: Addresses; readonly logger: Logger }) {
    this.#addresses = addresses;
    this.#hint = new Hint(logger);
  }

  give(request: IncomingMessage, what: string): void {
    if (!this.#addresses.isForwardedInVain(request)) return;
    this.#hint.give(
      { setting: 'TRUST_PROXY' },
      `${what}, and sends X-Forwarded-For: if it is your proxy, name it in TRUST_PROXY, since otherwise all clients behind it count as one`,
    );
  }
}
