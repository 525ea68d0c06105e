/** What hookcast makes its own ids and subjects with. */
export interface Naming {
  /** A secret of this log that never changes. A copy of the log has it too. */
  readonly secret: string;
  /** Whether the log may still have events that an older hookcast named without the secret. */
  readonly hasFormer: boolean;
}
