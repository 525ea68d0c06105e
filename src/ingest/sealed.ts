import { type Namer, formerId } from '../providers/namer.ts';
import type { Verified } from '../providers/provider.ts';

/**
 * What was verified, with a digest that only this log can make: by a plain one, whoever guesses what was sent could confirm
 * the guess. It is worked out when it is asked for, since most deliveries have an id.
 */
export function sealed(verified: Verified, source: string, namer: Namer): Verified {
  const { payload, text, id } = verified;
  return {
    payload,
    text,
    ...(id !== undefined && { id }),
    get digest() {
      return namer.digest(source, verified.digest);
    },
    get formerId() {
      return formerId(verified.digest);
    },
  };
}
