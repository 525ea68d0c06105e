/** An amount as the provider wrote it: text, since a double can't hold every decimal fraction. */
export interface Money {
  readonly amount: string;
  /** ISO 4217 where the provider keeps to it. */
  readonly currency: string;
}
