import { HookcastError } from '../errors.ts';
import { fieldsOfForm } from './body.ts';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One HTTP request from a provider, with its whole body: everything that a sender may have signed. */
export interface Delivery {
  /** By their names in lower case. */
  readonly headers: Headers;
  /** The received bytes. The signature covers these, and not their parsed form. */
  readonly body: Buffer;
  /** Milliseconds since 1970, by the gateway's clock. */
  readonly receivedAt: number;
  /** In capitals. */
  readonly method: string;
  /**
   * The URL that the sender calls: the requested path after `PUBLIC_URL`. It is never made from the header `Host`, since the
   * sender chooses that.
   *
   * @throws {HookcastError} SIGNATURE_INVALID when `PUBLIC_URL` is not set.
   */
  readonly url: string;
  /** The path of that URL. Without `PUBLIC_URL`, the requested path. */
  readonly path: string;
  /** The text after the question mark, unchanged. Empty if there is none. */
  readonly query: string;
  /** The query, parsed. */
  readonly parameters: URLSearchParams;
  /** The sender's IP address, as far as `TRUST_PROXY` lets it be known; otherwise empty. */
  readonly peer: string;
  /** The secrets that the sender has brought to this source, the newest first. See `broughtSecret`. */
  readonly brought: readonly string[];
}

/** What is known of a request. If the optional members are left out, it is a POST to a path without a query. */
export interface Arrived extends Pick<Delivery, 'headers' | 'body' | 'receivedAt'> {
  readonly method?: string;
  /** `PUBLIC_URL`, without a slash at its end. */
  readonly publicUrl?: string | null;
  /** The requested path and query, unchanged. */
  readonly target?: string;
  /** Returns the sender's address. It is only called on demand. */
  readonly from?: () => string;
  readonly brought?: readonly string[];
}

/** Makes a delivery from an arrived request. Most verifiers only need the body, so the rest is computed on demand. */
export function deliveryOf(arrived: Arrived | Delivery): Delivery {
  return 'parameters' in arrived ? arrived : new ArrivedDelivery(arrived);
}

const NONE: readonly string[] = [];

class ArrivedDelivery implements Delivery {
  readonly headers: Headers;
  readonly body: Buffer;
  readonly receivedAt: number;
  readonly #arrived: Arrived;
  #parameters: URLSearchParams | null = null;

  constructor(arrived: Arrived) {
    this.headers = arrived.headers;
    this.body = arrived.body;
    this.receivedAt = arrived.receivedAt;
    this.#arrived = arrived;
  }

  get method(): string {
    return this.#arrived.method ?? 'POST';
  }

  get #publicUrl(): string | null {
    return this.#arrived.publicUrl ?? null;
  }

  get #target(): string {
    return this.#arrived.target ?? '/';
  }

  get url(): string {
    if (this.#publicUrl !== null) return this.#publicUrl + this.#target;
    throw new HookcastError(
      'SIGNATURE_INVALID',
      'This sender signs the URL that it calls, and the gateway does not know its own URL. Set PUBLIC_URL.',
    );
  }

  get peer(): string {
    return this.#arrived.from?.() ?? '';
  }

  get brought(): readonly string[] {
    return this.#arrived.brought ?? NONE;
  }

  get path(): string {
    const [path = ''] = this.#target.split('?', 1);
    return this.#publicUrl === null ? path : new URL(this.#publicUrl).pathname.replace(/\/$/, '') + path;
  }

  get query(): string {
    const at = this.#target.indexOf('?');
    return at === -1 ? '' : this.#target.slice(at + 1);
  }

  get parameters(): URLSearchParams {
    return (this.#parameters ??= new URLSearchParams(fieldsOfForm(this.query)));
  }
}
