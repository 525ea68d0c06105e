/** What the ids and subjects are made with that hookcast itself gives. */
export interface Naming {
  /** A secret of this log alone, for good: a copy of the log has it too. */
  readonly secret: string;
  /** Whether events may still be there that an older hookcast named without the secret. */
  readonly hasFormer: boolean;
}
