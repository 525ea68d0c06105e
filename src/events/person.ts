/** Somebody who bought, attends or booked. Personal through and through, and kept nowhere but in `personal`. */
export interface Person {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** The provider's own id of the person. */
  readonly externalId: string | null;
}
