/** A person who bought, attends or booked. All members are personal data, and are kept only in `personal`. */
export interface Person {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** The provider's own id of the person. */
  readonly externalId: string | null;
}
