/** For how long it counts what a gateway has said of its types, in milliseconds. It says so again each minute. */
export const SERVED_FOR = 180_000;

/** Which types of events the gateways of a log serve: it should be the same ones everywhere. */
export interface TypesRecord {
  /**
   * Says it of one gateway.
   *
   * @param types a hash of them.
   * @returns how many other gateways serve other types.
   */
  announce(gateway: string, types: string): Promise<number>;
  /** To be called when the gateway ends. */
  withdraw(gateway: string): Promise<void>;
}
