import type { Instant } from '../events/instant.ts';
import type { Given } from '../declaration/event-type.ts';
import type { Person } from '../events/person.ts';
import type { NamedHeaders } from './kept-headers.ts';

/** What every delivery of a provider says of itself, even if its event has no type. */
export interface About {
  /** The provider's own name of the event, in one spelling. */
  readonly type: string;
  /** Null if the provider sends none: then hookcast derives one. An id that begins with `derived:` counts as none. */
  readonly eventId: string | null;
  /**
   * The values from which the id is derived. They must differ from those of every other event of the account. If they are left
   * out, the id is derived from the signed bytes.
   */
  readonly derivedFrom?: readonly unknown[] | null;
  /** The values from which an older hookcast derived the id, if those were others. */
  readonly formerlyFrom?: readonly unknown[] | null;
  /**
   * The values from which the id is derived for an event that the provider's API also lists (`Reconcile`) without knowing
   * `eventId`. The event is recorded under this id, so that webhook and API become one event, in either order and also at the
   * same moment.
   */
  readonly knownAs?: readonly unknown[] | null;
  /** The provider's account that the event belongs to. The tenant is `<provider>:<account>`. */
  readonly account: string;
  /**
   * What the event is about, such as `ticket/…`, without personal data. If it is null, the subject is the ticket, booking,
   * order or subscription in its content.
   */
  readonly subject: string | null;
  /** Null if the provider doesn't say: then the time of receipt counts. */
  readonly occurredAt: Instant | null;
  /** The name of the account, which may identify a person. */
  readonly accountName: string | null;
  /** The value to which the event's schema is applied, and below its path in the payload. */
  readonly body: unknown;
  readonly path: readonly string[];
  /**
   * If it is not null, the delivery carries a request for privacy, which also names these contacts. The event is recorded
   * without personal data.
   */
  readonly erases: { readonly contacts: readonly string[] } | null;
  /** The people of an event that has no type, as far as they are known. */
  readonly people?: readonly Given<Person>[];
  /** See `NewEvent`. */
  readonly version?: string | null;
}

/** What a mapping gets: the same, and the headers that the definition names. */
export interface AboutDelivery extends About {
  readonly headers: NamedHeaders;
}

/**
 * The same as a provider returns it. What is left out is unknown; the account is then the source's name, and the body the whole
 * payload.
 */
export type Introduction = Pick<About, 'type' | Optional> & {
  readonly [K in Exclude<keyof About, 'type' | Optional>]?: About[K] | null | undefined;
};

type Optional = 'people' | 'version' | 'derivedFrom' | 'formerlyFrom' | 'knownAs';

/** The account if a delivery of a provider with many accounts names none. In quarantine it counts as no account. */
export const UNKNOWN_ACCOUNT = 'unknown';
