import type { Delivery } from './delivery.ts';
import type { JsonObject } from './payload.ts';

/** The answer to a challenge. It is sent unchanged, with `X-Content-Type-Options: nosniff`, and not recorded. */
export interface ChallengeResponse {
  /** The default is 200. */
  readonly status?: 200 | 204;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or null for an empty body. */
  readonly body: string | null;
  /** A secret that the challenge brings. The log must keep it before the answer is sent. */
  readonly brings?: HandshakeSecret;
}

/** A secret that a sender brings, and with which it will sign its deliveries. */
export interface HandshakeSecret {
  readonly secret: string;
  /** A hash of the token that the secret was brought with. The secret is valid for as long as the source has that token. */
  readonly under: string;
}

/**
 * A challenge, by which a sender checks that an address belongs to its user before it sends deliveries there. It is tried after
 * the source was found, and before anything is recorded. If it returns null, the request is not this challenge, and is treated
 * as if there were none.
 */
export type Challenge = SignedChallenge | UnsignedChallenge;

/** A POST that the sender signs like its deliveries. It is only answered once it is authentic. */
export interface SignedChallenge {
  readonly signed: true;
  readonly answer: (payload: JsonObject, delivery: Delivery) => ChallengeResponse | null;
}

/** An unsigned challenge. Its form alone must tell it from deliveries, and its answer must be useless to a stranger. */
export interface UnsignedChallenge {
  readonly signed: false;
  readonly method: 'GET' | 'OPTIONS' | 'POST';
  /** If the challenge brings secrets: hashes of the tokens that a secret may be brought with. */
  readonly bringsUnder?: readonly string[];
  /** @throws {HookcastError} SIGNATURE_INVALID by `refuse`, if it is this challenge but not meant for this source. */
  readonly answer: (
    delivery: Delivery,
    /** Whether this is a dry run: then `answer` must keep and show nothing. */
    how: { readonly isTrial: boolean },
  ) => ChallengeResponse | null | Promise<ChallengeResponse | null>;
}
