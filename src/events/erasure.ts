import type { Cursor } from './cursor.ts';

/** A person's ticket or booking. If `subject` is null, it stands for every event of the tenant that has no subject. */
export interface Subject {
  readonly provider: string;
  readonly source: string;
  readonly tenant: string;
  readonly subject: string | null;
}

/** Whose personal data is to be erased. */
export type ErasureRequest =
  | {
      readonly by: 'subject';
      readonly source: string;
      readonly subject: string;
      /**
       * The account that the subject belongs to. If it is null, the caller doesn't know it, and any account of the source may
       * have the subject.
       */
      readonly account: { readonly provider: string; readonly tenant: string } | null;
      /** The provider's ids of the people in it, if the request names them. Others are found in the events. */
      readonly contacts: readonly string[];
    }
  | {
      readonly by: 'email';
      readonly email: string;
      /** If it is null, every source counts. */
      readonly source: string | null;
    };

/** When the erasure was requested and by whom. It is recorded, and kept with the tombstones. */
export interface ErasureOrder {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who asked, such as `wix event 43d7…` or `operator ana`. */
  readonly orderedBy: string;
}

/**
 * The record that personal data was erased, when and on whose order. It has a position of the log, so that subscribers get it
 * in order, like an event.
 */
export interface Erasure extends Subject, ErasureOrder {
  readonly cursor: Cursor;
  /** The events that lost personal data. */
  readonly eventIds: readonly string[];
}

/**
 * How many deliveries in quarantine may hold an id that belongs to one person. If more of them hold it, it is a word or an id
 * of the account, and an erasure by it would take the people out of all of them.
 */
export const FEW = 20;

/** How many ids the erasure did not search the quarantine for, since they would have found deliveries of other people. */
export interface PassedOver {
  /** Ids that stand for nobody, such as the nil UUID. */
  readonly ofNobody: number;
  /** Ids that too many waiting deliveries hold to belong to one person: words, for example. */
  readonly common: number;
}

/** What an erasure would do now. */
export interface ErasurePreview {
  /** How many events would lose personal data, by source and type. */
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
  /** One for each subject that lost personal data, in the order of their positions. */
  readonly erasures: readonly Erasure[];
  /** How many deliveries that wait in quarantine lost what they said about people. */
  readonly quarantined: number;
  readonly passedOver: PassedOver;
}
