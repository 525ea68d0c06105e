import type { HmacKey } from './hmac.ts';
import type { Delivery, Sign, Verified } from './provider.ts';

/** How deliveries of a source are authenticated: the pieces that most providers share are beside this one. */
export interface Verifier {
  /**
   * @throws {HookcastError} SIGNATURE_INVALID or MALFORMED_DELIVERY; one of a user's own throws by `refuse`. Any other error
   *   refuses the delivery as well, with a line in the log.
   */
  verify(delivery: Delivery): Verified | Promise<Verified>;

  /** Signs a body as the provider does, with the newest secret; null where only the provider can. */
  readonly sign: Sign | null;

  /** Whether it reads `delivery.url`: then the gateway asks at its start for `PUBLIC_URL`. */
  readonly needsUrl?: boolean;

  /** Whether it reads a secret behind the source's name in the path: other sources are not found there. */
  readonly pathSecret?: boolean;

  /** Of one that authenticates nothing: why its deliveries can be trusted all the same. The gateway says so at its start. */
  readonly unsigned?: string;

  /**
   * The newest secret, with which an older hookcast hashed the number of a ticket that has no id: so it knows again what it
   * recorded then. Left out where the verifier knows no secret.
   */
  readonly key?: HmacKey;
}
