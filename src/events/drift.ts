/** Something in the payloads of a type that was not there before: its name, and never what stood there. */
export interface Sighting {
  readonly source: string;
  readonly type: string;
  /** Names of members joined with dots, `[]` for the members of a list: `data.participant.tags[].title`. Empty is the whole. */
  readonly path: string;
  /** `FIELD`: that it is there. `NULL`: that it is there and null. */
  readonly change: 'FIELD' | 'NULL';
  /** Whether it was to be expected: it was in the first delivery of the type. */
  readonly expected: boolean;
  /** In so many deliveries more. */
  readonly count: number;
  /** The latest of them, in milliseconds since 1970. */
  readonly at: number;
}

export interface Field extends Omit<Sighting, 'at'> {
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** What payloads have looked like so far. Part of the log's port. */
export interface FieldRecord {
  /**
   * Adds to what is recorded. A (source, type, path, change) that is recorded already stays as expected as it is, and
   * counts up.
   */
  add(sightings: readonly Sighting[]): Promise<void>;

  /** What is recorded, ordered by source, type, path and change. */
  list(): Promise<readonly Field[]>;

  /**
   * Takes the recorded fields, of one source or of all, as expected from now on. Returns how many were not expected before. Other gateways see
   * by `tokens.changes` that they have to look.
   */
  expect(source?: string): Promise<number>;
}
