import { HookcastError } from '../errors.ts';
import { fieldsOfForm } from './body.ts';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One HTTP request from a provider, its body read whole: all that a sender may have signed. */
export interface Delivery {
  /** By their names in lower case. */
  readonly headers: Headers;
  /** The bytes as they came: what was signed is these, not what they parse to. */
  readonly body: Buffer;
  /** Milliseconds since 1970, by the gateway's clock. */
  readonly receivedAt: number;
  /** In capitals. */
  readonly method: string;
  /**
   * The address that the sender calls, as it came, behind what `PUBLIC_URL` says. Never made from the header `Host`, since the
   * sender chooses it.
   *
   * @throws {HookcastError} SIGNATURE_INVALID when `PUBLIC_URL` is not set.
   */
  readonly url: string;
  /** The path of that address. Without `PUBLIC_URL`, the path that was asked for. */
  readonly path: string;
  /** What stands behind the question mark, as it came. Empty where there is none. */
  readonly query: string;
  /** The same, parsed. */
  readonly parameters: URLSearchParams;
  /** The address that it came from, as far as `TRUST_PROXY` lets it be known. Empty where nobody knows. */
  readonly peer: string;
  /** The secrets that the sender has brought to this source, the newest first. See `broughtSecret`. */
  readonly brought: readonly string[];
}

/** What is known of a request. What is left out is a POST to a path without a query. */
export interface Arrived extends Pick<Delivery, 'headers' | 'body' | 'receivedAt'> {
  readonly method?: string;
  /** `PUBLIC_URL`, without a slash at its end. */
  readonly publicUrl?: string | null;
  /** The path and the query, as they came. */
  readonly target?: string;
  /** Whose address it came from. Asked when somebody wants to know. */
  readonly from?: () => string;
  readonly brought?: readonly string[];
}

/** A delivery from what is known of it. Most verifiers look at the body alone, so the rest is worked out when it is asked for. */
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
