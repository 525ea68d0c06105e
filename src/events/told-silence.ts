/** Which silences of sources were told, so that of several gateways one tells each of them, and once. */
export interface SilenceRecord {
  /** Whether nobody had noted that the source is silent. Since when it is, in milliseconds since 1970, is kept. */
  beginSilence(source: string, since: number): Promise<boolean>;
  /** Since when the source was noted as silent, for the one who ends it; null when it was not. */
  endSilence(source: string): Promise<number | null>;
}
