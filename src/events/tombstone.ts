import type { ErasureOrder } from './erasure.ts';

/** Holds back what arrives late about somebody whose data was erased. */
export interface Tombstone extends ErasureOrder {
  /** `s` and a subject as it is, or a mark: the hash of a trace, which only this log can make again. */
  readonly mark: string;
  /** Of which source and tenant; `*` is any. */
  readonly source: string;
  readonly tenant: string;
  /** Whether it holds back everything for as long as it is remembered, or only what happened before, and that for 72 hours. */
  readonly lasting: boolean;
}

/** The marks of an event by its position, or of a delivery in quarantine by its id. */
export interface Marked {
  readonly id: number;
  readonly marks: readonly string[];
}

/**
 * What a log remembers of people without knowing them. Part of the log's port, so that a log can be copied: with it, the copy
 * finds people and holds back what comes late, as the original does.
 */
export interface Memory {
  /**
   * The secret that marks and ids are made with, of this log alone and for good; up to which position events may have ids
   * that an older hookcast made without it; and all tombstones.
   */
  forgotten(): Promise<{
    readonly salt: string;
    readonly formerUpTo: number;
    readonly tombstones: readonly Tombstone[];
  }>;

  /** The marks of what comes after one position or id, up to another and with it; of what has any. */
  marks(of: 'events' | 'quarantine', after: number, upTo: number): Promise<readonly Marked[]>;
}
