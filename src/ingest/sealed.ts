import { type Namer, formerId } from '../providers/namer.ts';
import type { Verified } from '../providers/provider.ts';

/**
 * What was verified, with a digest that only this log can make: with a plain one, somebody who guesses what was sent could
 * confirm the guess.
 */
export function sealed(verified: Verified, source: string, namer: Namer): Verified {
  return new Sealed(verified, source, namer);
}

/** A class, since every delivery makes one. Its digest is worked out when it is asked for: most deliveries have an id. */
class Sealed implements Verified {
  readonly payload: Verified['payload'];
  readonly text: string;
  declare readonly id?: string;
  readonly #verified: Verified;
  readonly #source: string;
  readonly #namer: Namer;

  constructor(verified: Verified, source: string, namer: Namer) {
    this.payload = verified.payload;
    this.text = verified.text;
    if (verified.id !== undefined) this.id = verified.id;
    this.#verified = verified;
    this.#source = source;
    this.#namer = namer;
  }

  get digest(): string {
    return this.#namer.digest(this.#source, this.#verified.digest);
  }

  get formerId(): string {
    return formerId(this.#verified.digest);
  }
}
