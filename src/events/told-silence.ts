/** The fact that a source is silent for longer than its own rhythm suggests. */
export interface Silence {
  /** When the last delivery came, in milliseconds since 1970. */
  readonly since: number;
  /** How many deliveries would have come by now in a usual week. */
  readonly expected: number;
}

/** Which silences of sources were reported, so that only one of several gateways reports each, and only once. */
export interface SilenceRecord {
  /** Notes that the source is silent since this moment (milliseconds since 1970). Returns whether it was not noted before. */
  begin(source: string, since: number): Promise<boolean>;
  /** Ends the note. Returns since when the source was silent to the gateway that ended it; null if it was not noted. */
  end(source: string): Promise<number | null>;
  /** The silent sources by name, with the moment since when each is silent. */
  list(): Promise<ReadonlyMap<string, number>>;
}
