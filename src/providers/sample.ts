/** An example of what a provider sends, to try the gateway with. Its people are invented. */
export interface Sample {
  /** The provider's name of the event. */
  readonly event: string;
  /** A payload like any other of its kind, unless told otherwise with an id and a time of its own. */
  readonly payload: (fresh?: { readonly id: string; readonly at: Date }) => Record<string, unknown>;
}

/** A request as the provider would send it. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
