import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import type { ConnectionLimits, OnLimit } from '../limits.ts';
import type { Tallies, Tally } from '../tallies/tallies.ts';
import type { Addresses } from '../http/address.ts';
import { ProxyHint } from '../http/proxy-hint.ts';

export interface AdmissionOptions {
  readonly limits: Pick<ConnectionLimits, 'perAddress' | 'perToken'>;
  readonly addresses: Addresses;
  readonly tallies: Tallies;
  readonly onLimit: OnLimit;
  readonly logger: Logger;
}

/** Counts the lasting connections of each address and of each token's holder. WebSockets and event streams count alike. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #addresses: Tally;
  readonly #holders: Tally;
  readonly #hint: ProxyHint;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#hint = new ProxyHint(options);
    this.#addresses = options.tallies.tally('connections of', options.limits.perAddress);
    this.#holders = options.tallies.tally('connections with a token of', options.limits.perToken);
  }

  /** @throws {HookcastError} TOO_MANY_REQUESTS if the sender's address has all the connections that it may have. */
  enter(request: IncomingMessage): ConnectionSlot {
    const { addresses, onLimit } = this.#options;
    const address = addresses.of(request);
    if (this.#addresses.add(address)) return new ConnectionSlot(address, this.#addresses, this.#holders, onLimit);
    onLimit('per_address');
    this.#hint.give(request, 'an address has reached its limit of connections');
    throw new HookcastError('TOO_MANY_REQUESTS', 'Too many connections come from this address. Close some of them.');
  }
}

/** Counts one connection for its address and its holder, until it leaves. */
export class ConnectionSlot {
  readonly #address: string;
  readonly #addresses: Tally;
  readonly #holders: Tally;
  readonly #onLimit: OnLimit;
  #holder: string | null = null;
  #left = false;

  constructor(address: string, addresses: Tally, holders: Tally, onLimit: OnLimit) {
    this.#address = address;
    this.#addresses = addresses;
    this.#holders = holders;
    this.#onLimit = onLimit;
  }

  /**
   * Counts the connection for the holder of its token.
   *
   * @throws {HookcastError} TOO_MANY_REQUESTS if the holder has all the connections that it may have.
   */
  giveTo(holder: string): void {
    // A connection that closed while its token was checked is not counted: nothing would take the count back.
    if (this.#left) return;
    if (!this.#holders.add(holder)) {
      this.#onLimit('per_token');
      throw new HookcastError('TOO_MANY_REQUESTS', 'Too many connections use this token. Close some of them.');
    }
    this.#holder = holder;
  }

  /** Only the first call counts. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#addresses.remove(this.#address);
    if (this.#holder !== null) this.#holders.remove(this.#holder);
  }
}
