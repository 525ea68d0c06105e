/** A member in the payloads of a type that was not there before: its name, and never its value. */
export interface Sighting {
  readonly source: string;
  readonly type: string;
  /**
   * The names of members, joined with dots; `[]` stands for the items of a list: `data.participant.tags[].title`. The empty
   * path is the whole payload.
   */
  readonly path: string;
  /** `FIELD`: the member is there. `NULL`: it is there, and its value is null. */
  readonly change: 'FIELD' | 'NULL';
  /** Whether it is expected: it was in the first delivery of the type, or an operator accepted it. */
  readonly expected: boolean;
  /** How many more deliveries had it. */
  readonly count: number;
  /** When the latest of them came, in milliseconds since 1970. */
  readonly at: number;
}

export interface Field extends Omit<Sighting, 'at'> {
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** The members that payloads have had so far. Part of the log's port. */
export interface FieldRecord {
  /** Adds to the record. If a (source, type, path, change) is recorded already, its `expected` stays, and its count grows. */
  add(sightings: readonly Sighting[]): Promise<void>;

  /** All recorded fields, ordered by source, type, path and change. */
  list(): Promise<readonly Field[]>;

  /**
   * Marks the recorded fields of one source, or of all, as expected from now on. Returns how many were not expected before.
   * Other gateways learn from `tokens.changes` that they have to read the fields again.
   */
  expect(source?: string): Promise<number>;
}
