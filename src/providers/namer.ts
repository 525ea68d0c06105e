import type { Naming } from '../events/naming.ts';
import { type HmacKey, hmacKey, hmacOf } from './hmac.ts';

/** What the ids begin with that hookcast gives. An id of a sender's that begins so counts as none. */
const DERIVED = 'derived:';

/** Whether an id is one that hookcast gives. If senders could use such ids, they could take one that another event is to get. */
export function isDerived(id: string): boolean {
  return id.startsWith(DERIVED);
}

/** The id that an older hookcast gave: a hash without a secret, so that a guess at what was sent could be confirmed by it. */
export function formerId(hash: string): string {
  return DERIVED + hash;
}

/**
 * Makes what stands in the place of an id, where there is none or it is secret. Everybody who may read events sees these,
 * so they are HMACs with the log's own secret: without it, nobody can try out persons or ticket numbers. The source is a
 * part of each, and so is the tenant: or somebody with a source or an account of their own could send a guess there, and
 * compare the ids.
 */
export class Namer {
  readonly #secret: string;
  #key: HmacKey | null = null;
  /** Whether events may be there that an older hookcast named, so that what they would be called is to be looked for. */
  readonly hasFormer: boolean;

  constructor({ secret, hasFormer }: Naming) {
    this.#secret = secret;
    this.hasFormer = hasFormer;
  }

  /** Of what was signed, by its plain digest. */
  digest(source: string, digest: string): string {
    return this.#hash(['digest', source, digest]);
  }

  /** @param from what tells the event from all others of its tenant; JSON has a form for it. */
  eventId(source: string, tenant: string, from: unknown): string {
    return DERIVED + this.#hash(['event', source, tenant, from]);
  }

  /** Stands for a ticket's number in a subject: the number lets its holder in. */
  ticket(source: string, tenant: string, number: readonly (string | null)[]): string {
    return this.#hash(['ticket', source, tenant, number]).slice(0, 32);
  }

  #hash(said: readonly unknown[]): string {
    this.#key ??= hmacKey(this.#secret);
    return hmacOf(this.#key, Buffer.from(JSON.stringify(said))).toString('hex');
  }
}
