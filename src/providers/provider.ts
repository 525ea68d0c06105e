import type { z } from 'zod';
import type { EventType } from '../declaration/event-type.ts';
import type { NewEvent } from '../events/event.ts';
import type { Issue } from '../events/quarantine.ts';
import type { Challenge } from './challenge.ts';
import type { Arrived, Delivery } from './delivery.ts';
import type { Namer } from './namer.ts';
import type { Reconcile } from './reconcile.ts';
import type { Outgoing, Sample, SignedDelivery } from './sample.ts';

export type { Arrived, Delivery };

/** What an authentic delivery says. Enough to normalise it now, or again later with newer code. */
export interface Verified {
  readonly payload: Readonly<Record<string, unknown>>;
  /** The payload as JSON text, without secrets: what may be kept. */
  readonly text: string;
  /**
   * Tells what was signed from everything else, worked out when it is asked for. A verifier gives the SHA-256 of it, hex;
   * a provider is given a hash of that with the log's own secret. An id is made of it where there is none.
   */
  readonly digest: string;
  /** The event's own id, where it stands beside the body (Standard Webhooks: `webhook-id`) or in a token (`jti`). */
  readonly id?: string;
  /** The id that an older hookcast gave where there is none; only where events of its may be there. */
  readonly formerId?: string;
}

export type Normalised =
  | {
      readonly outcome: 'event';
      readonly event: NewEvent;
      /** A request for privacy: what is known of the event's subject is to be erased, and of these contacts. */
      readonly erases: { readonly contacts: readonly string[] } | null;
      /** Ids under which an older hookcast may have recorded the same event. */
      readonly formerIds?: readonly string[];
    }
  | Unnormalised;

export type Unnormalised =
  /** A provider's check that somebody is there. Nothing is recorded. */
  | { readonly outcome: 'pong' }
  /** Authentic, and by the operator's settings not wanted. Nothing is recorded. The reason stands in the gateway's log. */
  | { readonly outcome: 'ignored'; readonly reason: string; readonly tenant?: string }
  | {
      readonly outcome: 'unfit';
      readonly type: string | null;
      readonly eventId: string | null;
      readonly issues: readonly Issue[];
      /** The provider's account that it belongs to, as far as that shows. */
      readonly account?: string | null;
    };

/** Where and when a delivery arrived. `receivedAt` in milliseconds since 1970. */
export interface DeliveryContext {
  readonly source: string;
  readonly receivedAt: number;
  /** Of the log that it goes to. Without one, as in a test, ids and subjects are made with no secret. */
  readonly namer?: Namer;
}

/**
 * A system that sends webhooks, with the secrets of one source. The two steps are apart so that what was verified
 * once can be normalised again: quarantine keeps the one and waits for a better other.
 */
export interface Provider {
  readonly name: string;

  /** The types of its events that it declares itself. */
  readonly types?: readonly EventType[];

  /** The accounts whose events are taken (`ofAccounts`); those of any account where it is left out. */
  readonly accounts?: ReadonlySet<string>;

  /**
   * How many bytes a body may have, where that is more than MAX_BODY_BYTES: for a sender that stops sending anything at all when
   * one delivery goes on being refused. So what is larger still is not refused either. It is answered 200 and dropped, and the
   * gateway's log says so.
   */
  readonly largestBody?: number;

  /**
   * @throws {HookcastError} SIGNATURE_INVALID when the delivery can't be authenticated, MALFORMED_DELIVERY when it has
   *   not the form of what the provider sends.
   */
  verify(delivery: Arrived): Verified | Promise<Verified>;

  /**
   * The events of one delivery, each as if it had been verified by itself. Null, or left out, where a delivery is one event as it
   * is. None where it has none, such as a list of nothing.
   *
   * @throws what its code throws for a delivery of another form: then it waits in quarantine as a whole.
   */
  readonly parts?: (verified: Verified) => readonly Verified[] | null;

  /** The questions by which its sender makes sure of the address. */
  readonly challenges?: readonly Challenge[];

  /** Of a sender that brings its secrets: hashes of the tokens that one may be brought with. The log keeps them. */
  readonly bringsUnder?: readonly string[];

  /** How a delivery is answered that was taken. With 200 and what became of it, where this is left out. */
  readonly respond?: Respond;

  /** How what webhooks have missed is looked for in its API. */
  readonly reconcile?: Reconcile;

  /** Whether what its sender signs holds the URL that it calls: then `PUBLIC_URL` must be set. */
  readonly needsUrl?: boolean;

  /** Whether a secret stands behind the source's name in the path: what `unsigned` authenticates by. */
  readonly pathSecret?: boolean;

  /** Why its deliveries can be trusted although nobody signs them. Null or left out where they are signed. */
  readonly unsigned?: string | null;

  /** Never throws for what the payload holds. */
  normalise(verified: Verified, place: DeliveryContext): Normalised;

  /**
   * The fields of a type's payload that its schema expects, as paths like those of `events/drift.ts`; a `*` stands for any
   * name. Null for a type without a schema.
   */
  expectedFields(type: string): ReadonlySet<string> | null;

  /** The schema of a type's bodies, and where in the payload they stand. Null for a type without one. */
  readonly schemaOf?: (type: string) => { readonly schema: z.ZodType; readonly at: readonly string[] } | null;

  /**
   * Does beforehand what the first delivery of each type, and all that come with it, would otherwise wait for. It is done in steps,
   * each when the next one is asked for, and takes a few milliseconds for each.
   */
  readonly prepare?: () => Iterable<unknown>;

  /** To try the gateway with. */
  readonly samples: readonly Sample[];

  /** Signs as the provider does, with the newest secret. Null where only the provider itself can. */
  readonly sign: Sign | null;
}

/** Signs a payload as the provider does. `to` says where it is to be sent, and with what besides; most signatures don't hold that. */
export type Sign = (
  payload: Record<string, unknown>,
  at: Date,
  to?: Outgoing,
) => SignedDelivery | Promise<SignedDelivery>;

/** What a sender wants to be answered. */
export interface Respond {
  /** 200, unless told otherwise. */
  readonly status?: 200 | 201 | 202 | 204;
  /**
   * A text; or null for nothing at all, which holds for refusals as well, since senders that want nothing want it always. Left
   * out, it is what became of the delivery, as JSON.
   */
  readonly body?: string | null;
}
