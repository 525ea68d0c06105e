import type { Delivery } from './delivery.ts';
import type { JsonObject } from './payload.ts';

/** What a challenge is answered. Sent as it is, with `X-Content-Type-Options: nosniff`, and recorded nowhere. */
export interface ChallengeResponse {
  /** 200, unless told otherwise. */
  readonly status?: 200 | 204;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or null for nothing. */
  readonly body: string | null;
  /** A secret that the question brings, to be kept in the log before it is answered. */
  readonly brings?: HandshakeSecret;
}

/** A secret that a sender brings, and will sign its deliveries with. */
export interface HandshakeSecret {
  readonly secret: string;
  /** A hash of the token that it was brought with: it counts for as long as the source has that token. */
  readonly under: string;
}

/**
 * A question by which a sender makes sure that an address is its user's, before it sends anything there. It is asked after the
 * source was found, and before anything is recorded. Null is answered by one that is not meant: then the request is treated as
 * if there were no challenge.
 */
export type Challenge = SignedChallenge | UnsignedChallenge;

/** A POST that the sender signs as it signs its deliveries: it is looked at once it is authentic. */
export interface SignedChallenge {
  readonly signed: true;
  readonly answer: (payload: JsonObject, delivery: Delivery) => ChallengeResponse | null;
}

/** One that nobody signs. It must be told from deliveries by its form alone, and its answer must be of no use to a stranger. */
export interface UnsignedChallenge {
  readonly signed: false;
  readonly method: 'GET' | 'OPTIONS' | 'POST';
  /** Of one that brings secrets: hashes of the tokens that a secret may be brought with. */
  readonly bringsUnder?: readonly string[];
  /** @throws {HookcastError} SIGNATURE_INVALID by `refuse`, where the question is meant and is not this source's. */
  readonly answer: (
    delivery: Delivery,
    /** Whether somebody only wants to see what the answer would be: then nothing is to be kept or shown. */
    how: { readonly isTrial: boolean },
  ) => ChallengeResponse | null | Promise<ChallengeResponse | null>;
}
