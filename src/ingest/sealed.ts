import { type Namer, formerId } from '../providers/namer.ts';
import type { Verified } from '../providers/provider.ts';

/**
 * A verified delivery, with a digest that only this log can compute. With a plain digest, an attacker who guesses the content
 * could confirm the guess.
 */
export function sealed(verified: Verified, source: string, namer: Namer): Verified {
  return new Sealed(verified, source, namer);
}

/** A class, since every delivery makes one. The digest is computed on demand: most deliveries have an id and don't need it. */
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
