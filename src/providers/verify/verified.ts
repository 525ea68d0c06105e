import { type JsonObject, type ParsedPayload, sha256Hex } from '../payload.ts';
import type { Verified } from '../provider.ts';

/**
 * A verified delivery. The digest covers only the body, or its own id and the body: a retry is signed again with a new time,
 * and is still the same delivery.
 */
export function verifiedBody(payload: ParsedPayload, body: Buffer, id?: string): Verified {
  return new VerifiedBody(payload, body, id);
}

/** A class, since every delivery makes one. The digest is computed on demand: most deliveries have an id and don't need it. */
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
