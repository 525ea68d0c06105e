import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Addresses } from './address.ts';
import { Hint } from './hint.ts';

/**
 * Tells the operator that an address which met its limit may be a proxy: one that TRUST_PROXY does not name, or one that does not say for
 * whom it asks.
 */
export class ProxyHint {
  readonly #addresses: Addresses;
  readonly #hint: Hint;

  constructor({ addresses, logger }: { readonly addresses: Addresses; readonly logger: Logger }) {
    this.#addresses = addresses;
    this.#hint = new Hint(logger);
  }

  give(request: IncomingMessage, what: string): void {
    const trouble = this.#troubleOf(request);
    if (trouble === null) return;
    this.#hint.give(
      { setting: 'TRUST_PROXY' },
      `${what}, ${trouble}, since otherwise all clients behind it count as one`,
    );
  }

  #troubleOf(request: IncomingMessage): string | null {
    if (this.#addresses.isForwardedForNobody(request)) {
      return 'and is named in TRUST_PROXY, but sends no X-Forwarded-For: if it is your proxy, have it send that header';
    }
    if (this.#addresses.isForwardedInVain(request)) {
      return 'and sends X-Forwarded-For: if it is your proxy, name it in TRUST_PROXY';
    }
    return null;
  }
}
