/** An example of what a provider sends, to try the gateway with. Its people are invented. */
export interface Sample {
  /** The provider's name of the event. */
  readonly event: string;
  /** A payload like any other of its kind, unless told otherwise with an id and a time of its own. */
  readonly payload: (fresh?: Fresh) => Record<string, unknown>;
  /** What is sent beside the body, as far as the provider's signature or its events need it. */
  readonly headers?: (fresh?: Fresh) => Readonly<Record<string, string>>;
  /** What stands behind the question mark of the URL. */
  readonly query?: (fresh?: Fresh) => string;
}

/** The same as a user writes it: it is always told an id and a time. */
export interface OwnSample {
  readonly event: string;
  readonly payload: (fresh: Fresh) => Record<string, unknown>;
  readonly headers?: (fresh: Fresh) => Readonly<Record<string, string>>;
  readonly query?: (fresh: Fresh) => string;
}

/** An id and a time that no sample had before. */
export interface Fresh {
  readonly id: string;
  readonly at: Date;
}

/** Where a delivery is to be sent, and what goes with it that its signature may hold. */
export interface Outgoing {
  /** As the sender has it: the public one. With its query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as the provider would send it. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What stands behind the question mark of the URL, where the signature does. */
  readonly query?: string;
  /** What stands behind the source's name in the path, where a secret does: `/` and the secret. */
  readonly path?: string;
}
