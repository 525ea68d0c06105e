/** The names of the fields of types and of the words of their enums. A field or word that is missing here is called by its own name. */
export interface Labels {
  /** By the name of a field, or by its path. */
  readonly fields: Readonly<Record<string, string>>;
  /** The prefix for a former value. */
  readonly before: string;
  readonly enums: Readonly<Record<string, string>>;
}
