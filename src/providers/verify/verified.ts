import { type JsonObject, type ParsedPayload, sha256Hex } from '../payload.ts';
import type { Verified } from '../provider.ts';

/**
 * What was verified. The digest is of the body alone, or of its own id and the body: a delivery that is tried again is
 * signed anew, with the time of then, and is the same delivery all the same.
 */
export function verifiedBody(payload: ParsedPayload, body: Buffer, id?: string): Verified {
  return new VerifiedBody(payload, body, id);
}

/** A class, since every delivery makes one. Its digest is worked out when it is asked for: most deliveries have an id. */
class VerifiedBody implements Verified {
  readonly payload: JsonObject;
  readonly text: string;
  declare readonly id?: string;
  readonly #body: Buffer;

  constructor({ payload, text }: ParsedPayload, body: Buffer, id: string | undefined) {
    this.payload = payload;
    this.text = text;
    this.#body = body;
    if (id !== undefined) this.id = id;
  }

  get digest(): string {
    return sha256Hex(this.id === undefined ? this.#body : Buffer.concat([Buffer.from(`${this.id}.`), this.#body]));
  }
}
