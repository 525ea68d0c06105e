/** Why a payload did not fit: where in it, and what was expected there. Never the value that stood there. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** An authentic delivery that could not be normalised. */
export interface NewQuarantined {
  readonly provider: string;
  readonly source: string;
  readonly type: string | null;
  readonly eventId: string | null;
  /** SHA-256 of what was signed, hex: a delivery that comes again is kept once. */
  readonly digest: string;
  readonly issues: readonly Issue[];
  /** The verified payload as JSON text, without secrets. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

export interface Quarantined extends NewQuarantined {
  readonly id: number;
}

/** Where deliveries wait for the code that understands them. Part of the log's port: what goes in is as durable. */
export interface Quarantine {
  /** Keeps a delivery, resolved once it is durable, with its id. One that is already there answers with that id. */
  quarantine(delivery: NewQuarantined): Promise<number>;

  /** What waits, oldest first, from after the id. */
  listQuarantined(request: { readonly after?: number; readonly limit: number }): Promise<readonly Quarantined[]>;

  findQuarantined(id: number): Promise<Quarantined | null>;
}
