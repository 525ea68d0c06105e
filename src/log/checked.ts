/** What reading a whole log has found. */
export interface Checked {
  readonly events: number;
  /** What is wrong, in words; nothing of what stands in an event. */
  readonly problems: readonly string[];
  /** What can't be told from here. */
  readonly notes: readonly string[];
}
