/** An example of a provider's delivery, to try the gateway with. Its people are invented. */
export interface Sample {
  /** The provider's name of the event. */
  readonly event: string;
  /** Makes the payload. With `fresh` it has that id and time; without, it is always the same. */
  readonly payload: (fresh?: Fresh) => Record<string, unknown>;
  /** The headers that the provider's signature or its events need. */
  readonly headers?: (fresh?: Fresh) => Readonly<Record<string, string>>;
  /** The query of the URL. */
  readonly query?: (fresh?: Fresh) => string;
}

/** A sample of a user's own provider. It always gets an id and a time. */
export interface OwnSample {
  readonly event: string;
  readonly payload: (fresh: Fresh) => Record<string, unknown>;
  readonly headers?: (fresh: Fresh) => Readonly<Record<string, string>>;
  readonly query?: (fresh: Fresh) => string;
}

/** A new id and a new time for a sample. */
export interface Fresh {
  readonly id: string;
  readonly at: Date;
}

/** The URL and the headers of a delivery, which its signature may cover. */
export interface Outgoing {
  /** The public URL that the sender calls, with its query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as the provider would send it. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The query of the URL, if it has the signature. */
  readonly query?: string;
  /** The path after the source's name, if it has a secret: `/` and the secret. */
  readonly path?: string;
}
