import type { HmacKey } from './hmac.ts';
import type { Delivery, Sign, Verified } from './provider.ts';

/** How deliveries of a source are authenticated. The folder `verify` has the parts that most providers share. */
export interface Verifier {
  /**
   * @throws {HookcastError} SIGNATURE_INVALID or MALFORMED_DELIVERY; a user's own verifier throws by `refuse`. Any other error
   *   refuses the delivery as well, with a line in the log.
   */
  verify(delivery: Delivery): Verified | Promise<Verified>;

  /** Signs a body as the provider does, with the newest secret; null if only the provider can. */
  readonly sign: Sign | null;

  /** Whether it reads `delivery.url`: then the gateway needs `PUBLIC_URL` to start. */
  readonly needsUrl?: boolean;

  /** Whether it reads a secret after the source's name in the path. Other sources answer no such path. */
  readonly pathSecret?: boolean;

  /** If it authenticates nothing: why its deliveries can be trusted. The gateway reports this at its start. */
  readonly unsigned?: string;

  /**
   * The newest secret, with which an older hookcast hashed the number of a ticket without an id: it finds the events recorded
   * then. It is left out if the verifier knows no secret.
   */
  readonly key?: HmacKey;
}
