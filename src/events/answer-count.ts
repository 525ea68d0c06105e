/** Deliveries are counted by the hour. In milliseconds. */
export const HOUR = 60 * 60 * 1000;

/** The beginning of the hour that contains the moment. Both are in milliseconds since 1970. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

/** How many deliveries of a source got the same answer within one hour. It holds nothing of their content. */
export interface AnswerCount {
  readonly source: string;
  /** The receipt's status, or the code of the problem in lower case: `accepted`, `signature_invalid` … */
  readonly outcome: string;
  /** When the hour began, in milliseconds since 1970. */
  readonly hour: number;
  readonly count: number;
  /** When the last of these answers was given, in milliseconds since 1970. */
  readonly lastAt: number;
}

/** How all gateways together answered deliveries. Part of the log's port. */
export interface AnswerStore {
  /** Adds to the record: it sums the counts, and keeps the later `lastAt`. */
  add(answers: readonly AnswerCount[]): Promise<void>;

  /** The counts of the hours from this moment on (milliseconds since 1970), ordered by source, outcome and hour. */
  list(from: number): Promise<readonly AnswerCount[]>;
}
