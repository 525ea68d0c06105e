import { type JsonObject, isObject, keptOf, parseJson, sha256Hex, withoutSecrets } from './payload.ts';
import type { Verified } from './provider.ts';

/** Headers of a delivery that the provider's definition names, by their names in lower case. */
export type NamedHeaders = Readonly<Record<string, string>>;

/**
 * The member of the kept payload that holds the headers. A type or an id that is only in a header must be kept, so that the
 * delivery can be released from quarantine or reprocessed.
 */
export const KEPT_HEADERS = '$headers';

const NONE: NamedHeaders = {};

/** Puts these headers into the payload of a delivery. A sender's own member with that name is removed. */
export function keepHeaders(verified: Verified, headers: NamedHeaders): Verified {
  const { payload, text } = bare(verified);
  const kept = withoutSecrets({ [KEPT_HEADERS]: headers });
  return {
    payload: { ...payload, [KEPT_HEADERS]: headers },
    text: text === '{}' ? kept : `${text.slice(0, -1)},${kept.slice(1)}`,
    // Two deliveries may differ only in the header that names the event.
    get digest() {
      return sha256Hex(JSON.stringify([verified.digest, headers]));
    },
    ...(verified.id !== undefined && { id: verified.id }),
  };
}

/** The headers with these names. A header that occurs several times counts as missing. */
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

/** Separates a payload from the headers kept in it. */
export function headersApart(payload: JsonObject): { readonly payload: JsonObject; readonly headers: NamedHeaders } {
  const { [KEPT_HEADERS]: headers, ...rest } = payload;
  return { payload: rest, headers: isObject(headers) ? (headers as NamedHeaders) : NONE };
}

/** The argument of `about`: the payload as it was sent, and separately the headers that were kept in it. */
export function told(verified: Verified, hasHeaders: boolean): Verified & { readonly headers: NamedHeaders } {
  if (!hasHeaders) return new Told(verified, verified.payload, NONE);
  const { payload, headers } = headersApart(verified.payload);
  return new Told(verified, payload, headers);
}

/** A class, since every delivery makes one. The digest is computed on demand: most deliveries have an id and don't need it. */
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
  // It is made from the text, so that numbers stay as they were sent.
  return keptOf(headersApart(parseJson(text) as JsonObject).payload);
}
