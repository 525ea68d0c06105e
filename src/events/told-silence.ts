/** That a source is silent for longer than its own rhythm lets expect. */
export interface Silence {
  /** When the last delivery came, in milliseconds since 1970. */
  readonly since: number;
  /** How many deliveries would have come by now in usual weeks. */
  readonly expected: number;
}

/** Which silences of sources were told, so that of several gateways one tells each of them, and once. */
export interface SilenceRecord {
  /** Whether nobody had noted that the source is silent. Since when it is, in milliseconds since 1970, is kept. */
  begin(source: string, since: number): Promise<boolean>;
  /** Since when the source was noted as silent, for the one who ends it; null when it was not. */
  end(source: string): Promise<number | null>;
  /** Which are noted, by the sources' names: since when each is silent. */
  list(): Promise<ReadonlyMap<string, number>>;
}
