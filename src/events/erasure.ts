import type { Cursor } from './cursor.ts';

/** Somebody's ticket or booking. Null stands for everything of the tenant that has no subject. */
export interface Subject {
  readonly provider: string;
  readonly source: string;
  readonly tenant: string;
  readonly subject: string | null;
}

/** Whose personal data is to be forgotten. */
export type ErasureRequest =
  | {
      readonly by: 'subject';
      readonly source: string;
      readonly subject: string;
      /** The account that it is in. Null if the caller doesn't know: then it may be in any account of the source. */
      readonly account: { readonly provider: string; readonly tenant: string } | null;
      /** The provider's ids of the people in it, as far as the request names them. Others are found in its events. */
      readonly contacts: readonly string[];
    }
  | {
      readonly by: 'email';
      readonly email: string;
      /** Null is every source. */
      readonly source: string | null;
    };

/** When and by whom it was asked for: recorded, and kept with what holds late retries back. */
export interface ErasureOrder {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who asked, such as `wix event 43d7…` or `operator ana`. */
  readonly orderedBy: string;
}

/**
 * That personal data was erased, when and on whose order, at a position of the log: followers are told in order like of any
 * event.
 */
export interface Erasure extends Subject, ErasureOrder {
  readonly cursor: Cursor;
  /** The events that lost something. */
  readonly eventIds: readonly string[];
}

/**
 * How many deliveries in quarantine may hold an id that is one person's. What stands in more of them is a word or an id of
 * the account, and an erasure by it would take the people out of all of them.
 */
export const FEW = 20;

/** Ids by which no delivery in quarantine was looked for, since they would have found those of other people. */
export interface PassedOver {
  /** Ids that stand for nobody, such as the nil UUID. */
  readonly ofNobody: number;
  /** Ids that more of the deliveries that wait hold than one person's would: words, for example. */
  readonly common: number;
}

/** What an erasure would do if it were ordered now. */
export interface ErasurePreview {
  /** How many events would lose something, by source and type. */
  readonly events: readonly { readonly source: string; readonly type: string; readonly count: number }[];
  /** How many different subjects these events are about. */
  readonly subjects: number;
  /** How many of these events have no subject. */
  readonly withoutSubject: number;
  /** How many people these events are about, counted by the providers' ids of them, and by their e-mail addresses. */
  readonly people: { readonly byId: number; readonly byAddress: number };
  /** How many deliveries that wait in quarantine would lose what they say about people. */
  readonly quarantined: number;
  readonly passedOver: PassedOver;
}

/** What an erasure did. */
export interface ErasureReceipt {
  /** One for each subject that lost something, in the order of their positions. */
  readonly erasures: readonly Erasure[];
  /** Deliveries that wait in quarantine and lost what they said about people. */
  readonly quarantined: number;
  readonly passedOver: PassedOver;
}
