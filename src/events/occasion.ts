/** What tickets are for: a concert, a course, a fair. */
export interface Occasion {
  readonly id: string;
  readonly name: string | null;
  /** Such as `online`. */
  readonly type: string | null;
}
