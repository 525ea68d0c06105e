/** A secret that a sender brought to a source, and with which it signs from then on. */
export interface ReceivedSecret {
  readonly source: string;
  /** Encrypted with a key derived from the log's own secret: see `ingest/received-secrets.ts`. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The secrets that senders have brought. Every gateway of the log knows all of them. */
export interface ReceivedSecretStore {
  /**
   * Keeps a secret, and only the newest `most` secrets of its source. Resolves once durable, with the number of secrets
   * deleted.
   */
  keep(brought: ReceivedSecret, most: number): Promise<number>;
  /** The secrets of one source, or of all, the oldest first. */
  list(source?: string): Promise<readonly ReceivedSecret[]>;
}
