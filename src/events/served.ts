/** For how long a gateway's announcement of its types counts, in milliseconds. The gateway repeats it each minute. */
export const SERVED_FOR = 180_000;

/** Which types of events the gateways of a log serve. All gateways should serve the same. */
export interface TypesRecord {
  /**
   * Announces the types of one gateway.
   *
   * @param types a hash of them.
   * @returns how many other gateways serve other types.
   */
  announce(gateway: string, types: string): Promise<number>;
  /** To be called when the gateway ends. */
  withdraw(gateway: string): Promise<void>;
}
