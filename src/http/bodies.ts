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

/** Bytes that a piece of a body takes beside its own: sent one by one, they would take a hundred times the room. */
const PIECE = 128;

/** Reads bodies, and keeps in bounds what those take that have begun and are not whole yet. */
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
   * @param largest bytes that this body may have, where that is more than any body may.
   * @throws {HookcastError} what `readBody` throws, and what a share does.
   */
  read(request: IncomingMessage, largest = 0): Promise<Buffer> {
    const { limits, onLimit } = this.#options;
    const limit = Math.max(limits.body, largest);
    return readBody(request, { limit, share: this.#shareOf(request, limit), onLimit });
  }

  #shareOf(request: IncomingMessage, limit: number): BodyShare {
    const { unfinished } = this.#options.limits;
    // Under every setting the largest body finds room, and one address leaves as much to others.
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
    this.#hint.give(request, 'an address has begun all the bodies that it may have');
    const message = 'Too much that this address has begun to send is not whole yet. Finish that, and send this again.';
    return new HookcastError('TOO_MANY_REQUESTS', message);
  }

  #overloaded(): HookcastError {
    this.#options.onLimit('unfinished');
    return new HookcastError('OVERLOADED', 'Too much is arriving at once. Send this again later.');
  }
}
