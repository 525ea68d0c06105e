import type { Instant } from '../events/instant.ts';
import type { Given } from '../declaration/event-type.ts';
import type { Person } from '../events/person.ts';
import type { NamedHeaders } from './kept-headers.ts';

/** What every delivery of a provider says of itself, whether its event is known or not. */
export interface About {
  /** The provider's own name of the event, in one spelling. */
  readonly type: string;
  /** Null where the provider sends none: one is derived. One that begins with `derived:` counts as none. */
  readonly eventId: string | null;
  /** Of what it is derived: what tells the event from every other of its account. Left out: of what was signed. */
  readonly derivedFrom?: readonly unknown[] | null;
  /** Of what an older hookcast derived it, where that was something else. */
  readonly formerlyFrom?: readonly unknown[] | null;
  /**
   * Of what the id of an event is derived of which the provider's API tells as well (`Reconcile`), without knowing `eventId`. The event is
   * recorded under it, so that webhook and API are one event in whichever order they come, also at once.
   */
  readonly knownAs?: readonly unknown[] | null;
  /** The provider's account that it belongs to. The tenant is `<provider>:<account>`. */
  readonly account: string;
  /** What it is about, `ticket/…`; no personal data. Null: the ticket, booking, order or subscription of its content. */
  readonly subject: string | null;
  /** Null where the provider doesn't say: it is then when it was received. */
  readonly occurredAt: Instant | null;
  /** A name of the account that may identify a person. */
  readonly accountName: string | null;
  /** What the event's schema is applied to, and the path to it in the payload. */
  readonly body: unknown;
  readonly path: readonly string[];
  /** A request for privacy set it off, which also names these contacts: it is recorded without anything personal. */
  readonly erases: { readonly contacts: readonly string[] } | null;
  /** The people of an event that has no type, each as far as it is known. */
  readonly people?: readonly Given<Person>[];
  /** See `NewEvent`. */
  readonly version?: string | null;
}

/** What a mapping is given: that, and the headers that the definition names. */
export interface AboutDelivery extends About {
  readonly headers: NamedHeaders;
}

/**
 * The same, as a provider says it: what is left out is not known, the account is then the source's name, and the body the
 * whole payload.
 */
export type Introduction = Pick<About, 'type' | Optional> & {
  readonly [K in Exclude<keyof About, 'type' | Optional>]?: About[K] | null | undefined;
};

type Optional = 'people' | 'version' | 'derivedFrom' | 'formerlyFrom' | 'knownAs';

/** What a provider with many accounts says where a delivery names none. In quarantine it counts as no account. */
export const UNKNOWN_ACCOUNT = 'unknown';
