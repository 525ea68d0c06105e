/** A source that an operator has paused: its deliveries are refused. */
export interface Paused {
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The user who ran the command on the machine; null if the source was paused with a token. */
  readonly osUser: string | null;
  /** The token's id, if it has one, and below a hash of its holder's name, as in the audit. Both are null for commands. */
  readonly tokenId: string | null;
  readonly holder: string | null;
  readonly reason: string | null;
}

/**
 * The sources that are paused. Every gateway of the log knows all of them: `TokenRecord.changes` says when to read them again.
 */
export interface PausedRecord {
  /** Resolves once durable, with the record that is in force: a source that is paused already keeps its first one. */
  pause(paused: Paused): Promise<Paused>;
  /** Resolves once durable. Returns whether the source was paused. */
  resume(source: string): Promise<boolean>;
  /** Ordered by the sources' names. */
  list(): Promise<readonly Paused[]>;
}
