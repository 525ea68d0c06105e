import type { HmacKey } from './hmac.ts';
import type { Delivery, Verified } from './provider.ts';
import type { SignedDelivery } from './sample.ts';

/** How deliveries of a source are authenticated: the pieces that most providers share are beside this one. */
export interface Verifier {
  /**
   * @throws {HookcastError} SIGNATURE_INVALID or MALFORMED_DELIVERY; one of a user's own throws by `refuse`. Whatever else
   *   it throws refuses the delivery as well, with a line in the log.
   */
  verify(delivery: Delivery): Verified | Promise<Verified>;

  /** Signs a body as the provider does, with the newest secret; null where only the provider can. */
  readonly sign: ((payload: Record<string, unknown>, at: Date) => SignedDelivery | Promise<SignedDelivery>) | null;

  /**
   * The newest secret, with which an older hookcast hashed the number of a ticket that has no id: so it knows again what it
   * recorded then. Left out where the verifier knows no secret.
   */
  readonly key?: HmacKey;
}
