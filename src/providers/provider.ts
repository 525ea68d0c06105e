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

/** An authentic delivery: everything that is needed to normalize it now, or again later with newer code. */
export interface Verified {
  readonly payload: Readonly<Record<string, unknown>>;
  /** The payload as JSON text, without secrets, which may be kept. */
  readonly text: string;
  /**
   * Identifies the signed bytes; computed on demand. A verifier gives their SHA-256 in hex; a provider gets a hash of that with
   * the log's own secret. If there is no id, one is derived from it.
   */
  readonly digest: string;
  /** The event's own id, if it is outside the body (Standard Webhooks: `webhook-id`) or in a token (`jti`). */
  readonly id?: string;
  /** The id that an older hookcast derived if there was none; only set if the log may have events of such a hookcast. */
  readonly formerId?: string;
}

export type Normalised =
  | {
      readonly outcome: 'event';
      readonly event: NewEvent;
      /**
       * If it is not null, the event is a request for privacy: the data of its subject and of these contacts must be erased.
       */
      readonly erases: { readonly contacts: readonly string[] } | null;
      /** Ids under which an older hookcast may have recorded the same event. */
      readonly formerIds?: readonly string[];
    }
  | Unnormalised;

export type Unnormalised =
  /** A provider's check that the address answers. Nothing is recorded. */
  | { readonly outcome: 'pong' }
  /**
   * The delivery is authentic, but not wanted by the operator's settings. Nothing is recorded. The gateway's log has the
   * reason.
   */
  | { readonly outcome: 'ignored'; readonly reason: string; readonly tenant?: string }
  | {
      readonly outcome: 'unfit';
      readonly type: string | null;
      readonly eventId: string | null;
      readonly issues: readonly Issue[];
      /** The provider's account that the delivery belongs to, if it shows. */
      readonly account?: string | null;
    };

/** Where and when a delivery arrived. `receivedAt` in milliseconds since 1970. */
export interface DeliveryContext {
  readonly source: string;
  readonly receivedAt: number;
  /** The namer of the log. Without one, as in a test, ids and subjects are made without a secret. */
  readonly namer?: Namer;
}

/**
 * A system that sends webhooks, with the secrets of one source. Verifying and normalizing are separate steps, so that a
 * verified delivery can be normalized again: quarantine keeps it until the code can read it.
 */
export interface Provider {
  readonly name: string;

  /** The types of its events that it declares itself. */
  readonly types?: readonly EventType[];

  /** The accounts whose events are accepted (`ofAccounts`). If it is left out, any account. */
  readonly accounts?: ReadonlySet<string>;

  /**
   * How many bytes a body may have, if more than MAX_BODY_BYTES: for a sender that stops sending altogether if one delivery is
   * refused repeatedly. So an even larger body is not refused either: it is answered 200 and dropped, and the gateway's log
   * says so.
   */
  readonly largestBody?: number;

  /**
   * @throws {HookcastError} SIGNATURE_INVALID when the delivery can't be authenticated, MALFORMED_DELIVERY when it is not in
   *   the provider's form.
   */
  verify(delivery: Arrived): Verified | Promise<Verified>;

  /**
   * The events of one delivery, each as if it had been verified separately. Null, or left out, if a delivery is one event. An
   * empty list if it has no event.
   *
   * @throws any error of its code for a delivery of another form: then the delivery waits in quarantine as a whole.
   */
  readonly parts?: (verified: Verified) => readonly Verified[] | null;

  /** The challenges by which the sender checks the address. */
  readonly challenges?: readonly Challenge[];

  /** If the sender brings its secrets: hashes of the tokens that a secret may be brought with. The log keeps these secrets. */
  readonly bringsUnder?: readonly string[];

  /** The answer to an accepted delivery. If it is left out, 200 and the outcome. */
  readonly respond?: Respond;

  /** How to find events in the provider's API that no webhook has told of. */
  readonly reconcile?: Reconcile;

  /** Whether the sender signs the URL that it calls: then `PUBLIC_URL` must be set. */
  readonly needsUrl?: boolean;

  /** Whether the path has a secret after the source's name, by which `unsigned` authenticates. */
  readonly pathSecret?: boolean;

  /** Why its deliveries can be trusted without a signature. Null or left out if they are signed. */
  readonly unsigned?: string | null;

  /** It throws for no payload. */
  normalise(verified: Verified, place: DeliveryContext): Normalised;

  /**
   * The fields of a type's payload that its schema expects, as paths like those of `events/drift.ts`; a `*` stands for any
   * name. Null for a type without a schema.
   */
  expectedFields(type: string): ReadonlySet<string> | null;

  /** The schema of a type's bodies, and their path in the payload. Null for a type without one. */
  readonly schemaOf?: (type: string) => { readonly schema: z.ZodType; readonly at: readonly string[] } | null;

  /**
   * Does the work in advance for which the first delivery of each type, and all others at that moment, would otherwise wait.
   * Each step takes a few milliseconds and runs when the next item is requested.
   */
  readonly prepare?: () => Iterable<unknown>;

  readonly samples: readonly Sample[];

  /** Signs as the provider does, with the newest secret. Null if only the provider itself can. */
  readonly sign: Sign | null;
}

/** Signs a payload as the provider does. `to` has the URL and the headers of the request; most signatures don't cover these. */
export type Sign = (
  payload: Record<string, unknown>,
  at: Date,
  to?: Outgoing,
) => SignedDelivery | Promise<SignedDelivery>;

/** The answer that a sender wants. */
export interface Respond {
  /** The default is 200. */
  readonly status?: 200 | 201 | 202 | 204;
  /**
   * A text; or null for an empty body. Null also applies to refusals, since senders that want an empty body always want it. If
   * it is left out, the body is the outcome as JSON.
   */
  readonly body?: string | null;
}
