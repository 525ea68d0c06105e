/** What deliveries are counted by, in milliseconds. */
export const HOUR = 60 * 60 * 1000;

/** When the hour that a moment lies in began. Both in milliseconds since 1970. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

/** How many deliveries of a source were answered in one way within one hour. What they said is not in it. */
export interface AnswerCount {
  readonly source: string;
  /** The receipt's status, or the code of the problem in lower case: `accepted`, `signature_invalid` … */
  readonly outcome: string;
  /** When the hour began, in milliseconds since 1970. */
  readonly hour: number;
  readonly count: number;
  /** The latest of them, in milliseconds since 1970. */
  readonly lastAt: number;
}

/** How deliveries were answered, in all gateways together. Part of the log's port. */
export interface AnswerStore {
  /** Adds to what is recorded: counts add up, and the latest stays. */
  add(answers: readonly AnswerCount[]): Promise<void>;

  /** What is recorded of the hours from the moment on (milliseconds since 1970), by source, outcome and hour. */
  list(from: number): Promise<readonly AnswerCount[]>;
}
