import { type JsonObject, isObject, keptOf, parseJson, sha256Hex, withoutSecrets } from './payload.ts';
import type { Verified } from './provider.ts';

/** Headers of a delivery that its provider's definition names, by their names in lower case. */
export type NamedHeaders = Readonly<Record<string, string>>;

/**
 * Where they stand in what is kept, beside the payload's own members: a type and an id that stand only in headers must be there
 * when the delivery is released from quarantine, or read again by newer code.
 */
export const KEPT_HEADERS = '$headers';

const NONE: NamedHeaders = {};

/** The delivery with the headers of these names put into its payload. A member of the sender's own with that name is taken out. */
export function keepHeaders(verified: Verified, headers: NamedHeaders): Verified {
  const { payload, text } = bare(verified);
  const kept = withoutSecrets({ [KEPT_HEADERS]: headers });
  return {
    payload: { ...payload, [KEPT_HEADERS]: headers },
    text: text === '{}' ? kept : `${text.slice(0, -1)},${kept.slice(1)}`,
    // Two deliveries may differ in nothing but the header that names the event.
    get digest() {
      return sha256Hex(JSON.stringify([verified.digest, headers]));
    },
    ...(verified.id !== undefined && { id: verified.id }),
  };
}

/** Of the headers that came, those of these names. One that came several times is as if it had not come. */
export function namedHeaders(
  names: readonly string[],
  headers: Readonly<Record<string, string | string[] | undefined>>,
): NamedHeaders {
  const named: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string') named[name] = value;
  }
  return named;
}

/** A payload apart from the headers that were kept in it. */
export function headersApart(payload: JsonObject): { readonly payload: JsonObject; readonly headers: NamedHeaders } {
  const { [KEPT_HEADERS]: headers, ...rest } = payload;
  return { payload: rest, headers: isObject(headers) ? (headers as NamedHeaders) : NONE };
}

/** What `about` is told: the payload as it was sent, and beside it the headers that were kept in it. */
export function told(verified: Verified, hasHeaders: boolean): Verified & { readonly headers: NamedHeaders } {
  if (!hasHeaders) return new Told(verified, verified.payload, NONE);
  const { payload, headers } = headersApart(verified.payload);
  return new Told(verified, payload, headers);
}

/** A class, since every delivery makes one. What is hashed is hashed when it is asked for: most deliveries have an id. */
class Told implements Verified {
  readonly payload: JsonObject;
  readonly headers: NamedHeaders;
  readonly text: string;
  declare readonly id?: string;
  readonly #verified: Verified;

  constructor(verified: Verified, payload: JsonObject, headers: NamedHeaders) {
    this.#verified = verified;
    this.payload = payload;
    this.headers = headers;
    this.text = verified.text;
    if (verified.id !== undefined) this.id = verified.id;
  }

  get digest(): string {
    return this.#verified.digest;
  }

  get formerId(): string {
    return this.#verified.formerId as string;
  }
}

function bare({ payload, text }: Verified): Pick<Verified, 'payload' | 'text'> {
  if (!Object.hasOwn(payload, KEPT_HEADERS)) return { payload, text };
  // From the text, so that numbers stay as they were sent.
  return keptOf(headersApart(parseJson(text) as JsonObject).payload);
}
