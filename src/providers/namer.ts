import type { Naming } from '../events/naming.ts';
import { type HmacKey, hmacKey, hmacOf } from './hmac.ts';

/** The beginning of the ids that hookcast makes. A sender's id that begins like this counts as none. */
const DERIVED = 'derived:';

/** Whether hookcast made the id. If senders could use such ids, they could take one that another event is to get. */
export function isDerived(id: string): boolean {
  return id.startsWith(DERIVED);
}

/**
 * The id that an older hookcast made: a hash without a secret, so anybody who guessed the content could confirm the guess by
 * it.
 */
export function formerId(hash: string): string {
  return DERIVED + hash;
}

/**
 * Makes ids where there is none, or where it is secret. All who may read events see these ids, so they are HMACs with the log's
 * own secret: without it, nobody can try persons or ticket numbers. The source and the tenant are part of each id. Otherwise an
 * attacker with a source or an account of their own could send a guess there, and compare the ids.
 */
export class Namer {
  readonly #secret: string;
  #key: HmacKey | null = null;
  /** Whether the log may have events that an older hookcast named, so that their former ids must be searched for. */
  readonly hasFormer: boolean;

  constructor({ secret, hasFormer }: Naming) {
    this.#secret = secret;
    this.hasFormer = hasFormer;
  }

  /** The digest of a delivery, made from the plain digest of the signed bytes. */
  digest(source: string, digest: string): string {
    return this.#hash(['digest', source, digest]);
  }

  /** @param from values that no other event of the tenant has, which JSON can express. */
  eventId(source: string, tenant: string, from: unknown): string {
    return DERIVED + this.#hash(['event', source, tenant, from]);
  }

  /** Replaces a ticket's number in a subject, since the number lets its holder in. */
  ticket(source: string, tenant: string, number: readonly (string | null)[]): string {
    return this.#hash(['ticket', source, tenant, number]).slice(0, 32);
  }

  #hash(said: readonly unknown[]): string {
    this.#key ??= hmacKey(this.#secret);
    return hmacOf(this.#key, Buffer.from(JSON.stringify(said))).toString('hex');
  }
}
