/** A source whose deliveries are refused for a while, since an operator said so. */
export interface Paused {
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who ran the command on the machine; null where it was paused with a token. */
  readonly osUser: string | null;
  /** Of the token: its id, where it has one, and a hash of whom it names, as in the audit. Null for commands. */
  readonly tokenId: string | null;
  readonly holder: string | null;
  readonly reason: string | null;
}

/** The sources that are paused. Every gateway of the log knows all of them: `TokenRecord.changes` says when to ask again. */
export interface PausedRecord {
  /** Resolved once durable, with what holds: a source that is paused already stays as it was paused. */
  pause(paused: Paused): Promise<Paused>;
  /** Resolved once durable. Whether it was paused. */
  resume(source: string): Promise<boolean>;
  /** By their names. */
  list(): Promise<readonly Paused[]>;
}
