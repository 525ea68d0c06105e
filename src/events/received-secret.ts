/** A secret that a sender has brought to a source, to sign with from then on. */
export interface ReceivedSecret {
  readonly source: string;
  /** Encrypted with a key that is made of the log's own secret: see `ingest/received-secrets.ts`. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The secrets that senders have brought. Every gateway of the log knows all of them. */
export interface ReceivedSecretStore {
  /** Keeps one, and of its source the newest `most`. Resolved once durable, with how many were let go of. */
  keep(brought: ReceivedSecret, most: number): Promise<number>;
  /** Those of a source, or all of them, the oldest first. */
  list(source?: string): Promise<readonly ReceivedSecret[]>;
}
