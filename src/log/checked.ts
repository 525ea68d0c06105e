/** The result of checking a whole log. */
export interface Checked {
  readonly events: number;
  /** Each problem in words, without the content of any event. */
  readonly problems: readonly string[];
  /** What the check could not find out, and what limits its result. */
  readonly notes: readonly string[];
}
