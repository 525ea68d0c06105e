/** An amount as the provider wrote it. It is text, since a double can't hold every decimal fraction. */
export interface Money {
  readonly amount: string;
  /** A code of ISO 4217, if the provider follows that standard. */
  readonly currency: string;
}
