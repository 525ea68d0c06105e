import { type Payload, sha256Hex } from '../payload.ts';
import type { Verified } from '../provider.ts';

/**
 * What was verified. The digest is of the body alone, or of its own id and the body: a delivery that is tried again is
 * signed anew, with the time of then, and is the same delivery all the same.
 */
export function verifiedBody({ payload, text }: Payload, body: Buffer, id?: string): Verified {
  if (id === undefined) {
    return {
      payload,
      text,
      get digest() {
        return sha256Hex(body);
      },
    };
  }
  return {
    payload,
    text,
    get digest() {
      return sha256Hex(Buffer.concat([Buffer.from(`${id}.`), body]));
    },
    id,
  };
}
