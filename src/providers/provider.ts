import type { NewEvent } from '../events/event.ts';
import type { Issue } from '../events/quarantine.ts';

/** One HTTP request from a provider, its body read whole. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes as they came: what was signed is these, not what they parse to. */
  readonly body: Buffer;
}

/** What an authentic delivery says. Enough to normalise it now, or again later with newer code. */
export interface Verified {
  readonly payload: Readonly<Record<string, unknown>>;
  /** The payload as JSON text, without secrets: what may be kept. */
  readonly text: string;
  /** SHA-256 of what was signed, hex, worked out when it is asked for. Stands in for an id where there is none. */
  readonly digest: string;
}

export type Normalised =
  | {
      readonly outcome: 'event';
      readonly event: NewEvent;
      /** A request for privacy: what is known of the people in the event's subject is to be erased. */
      readonly erases?: boolean;
    }
  /** A provider's check that somebody is there. Nothing is recorded. */
  | { readonly outcome: 'pong' }
  /** Authentic, and by the operator's settings not wanted. Nothing is recorded. */
  | { readonly outcome: 'ignored'; readonly reason: string }
  | {
      readonly outcome: 'unfit';
      readonly type: string | null;
      readonly eventId: string | null;
      readonly issues: readonly Issue[];
    };

/**
 * A system that sends webhooks, with the secrets of one source. The two steps are apart so that what was verified
 * once can be normalised again: quarantine keeps the one and waits for a better other.
 */
export interface Provider {
  readonly name: string;

  /**
   * @throws {HookcastError} SIGNATURE_INVALID when the delivery can't be authenticated, MALFORMED_DELIVERY when it has
   *   not the form of what the provider sends.
   */
  verify(delivery: Delivery): Verified | Promise<Verified>;

  /** Never throws for what the payload holds. `receivedAt` in milliseconds since 1970. */
  normalise(verified: Verified, at: { readonly source: string; readonly receivedAt: number }): Normalised;
}
