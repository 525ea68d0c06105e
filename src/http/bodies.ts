import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import type { OnLimit, WebhookLimits } from '../limits.ts';
import type { Addresses } from './address.ts';
import { ProxyHint } from './proxy-hint.ts';
import { type BodyShare, readBody } from './read-body.ts';

export interface BodiesOptions {
  readonly limits: Pick<WebhookLimits, 'body' | 'unfinished'>;
  readonly addresses: Addresses;
  readonly onLimit: OnLimit;
  readonly logger: Logger;
}

/** How many bytes a piece takes besides its content: a body that is sent byte by byte would take a hundred times its size. */
const PIECE = 128;

/** Reads bodies, and bounds the memory that unfinished bodies take. */
export class Bodies {
  readonly #options: BodiesOptions;
  readonly #hint: ProxyHint;
  readonly #held = new Map<string, number>();
  #bytes = 0;

  constructor(options: BodiesOptions) {
    this.#options = options;
    this.#hint = new ProxyHint(options);
  }

  /**
   * @param largest how many bytes this body may have, if that is more than the general limit.
   * @throws {HookcastError} as `readBody` and `BodyShare.take`.
   */
  read(request: IncomingMessage, largest = 0): Promise<Buffer> {
    const { limits, onLimit } = this.#options;
    const limit = Math.max(limits.body, largest);
    return readBody(request, { limit, share: this.#shareOf(request, limit), onLimit });
  }

  #shareOf(request: IncomingMessage, limit: number): BodyShare {
    const { unfinished } = this.#options.limits;
    // With every setting there is room for the largest body, and one address leaves as much to others.
    const each = Math.max(Math.floor(unfinished / 4), limit * 2);
    const all = Math.max(unfinished, each * 2);
    const address = this.#options.addresses.of(request);
    let taken = 0;
    let isOver = false;
    return {
      take: (bytes) => {
        if (isOver) return;
        const more = bytes + PIECE;
        const held = this.#held.get(address) ?? 0;
        if (held + more > each) throw this.#tooMany(request);
        if (this.#bytes + more > all) throw this.#overloaded();
        this.#held.set(address, held + more);
        this.#bytes += more;
        taken += more;
      },
      giveBack: () => {
        if (isOver) return;
        isOver = true;
        this.#bytes -= taken;
        const left = (this.#held.get(address) ?? 0) - taken;
        if (left > 0) this.#held.set(address, left);
        else this.#held.delete(address);
      },
    };
  }

  #tooMany(request: IncomingMessage): HookcastError {
    this.#options.onLimit('unfinished');
    this.#hint.give(request, 'an address has reached the limit of bytes in unfinished bodies');
    const message = 'This address has too many unfinished requests. Finish them, and send this again.';
    return new HookcastError('TOO_MANY_REQUESTS', message);
  }

  #overloaded(): HookcastError {
    this.#options.onLimit('unfinished');
    return new HookcastError('OVERLOADED', 'Too much is arriving at once. Send this again later.');
  }
}
