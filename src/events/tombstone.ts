import type { ErasureOrder } from './erasure.ts';

/** Holds back deliveries that arrive late about a person whose data was erased. */
export interface Tombstone extends ErasureOrder {
  /** `s` and a subject in plain text, or a mark: the hash of a trace, which only this log can compute again. */
  readonly mark: string;
  /** The source and, below, the tenant; `*` stands for any. */
  readonly source: string;
  readonly tenant: string;
  /**
   * If true, it holds back everything for as long as it is remembered. If false, it holds back what happened before the
   * erasure, and everything only for 72 hours.
   */
  readonly lasting: boolean;
}

/** The marks of an event by its position, or of a delivery in quarantine by its id. */
export interface Marked {
  readonly id: number;
  readonly marks: readonly string[];
}

/**
 * What a log remembers of people without knowing them. Part of the log's port, so that a copy of the log finds people and holds
 * back late deliveries as the original does.
 */
export interface Memory {
  /**
   * The secret of this log for marks and ids, which never changes; the position up to which events may have ids that an older
   * hookcast made without it; and all tombstones.
   */
  forgotten(): Promise<{
    readonly salt: string;
    readonly formerUpTo: number;
    readonly tombstones: readonly Tombstone[];
  }>;

  /** The marks of the items after one position or id, up to and including another. Items without marks are left out. */
  marks(of: 'events' | 'quarantine', after: number, upTo: number): Promise<readonly Marked[]>;
}
