import { HookcastError } from '../errors.ts';

/** The most bytes of one source's deliveries that wait to be verified. A hundred of the usual size have a hundredth of it. */
const MOST = 32 * 1024 * 1024;

/**
 * Bounds the memory of deliveries whose verification waits for something, such as keys that are fetched. Anybody can send forged
 * ones, and if nobody answers the request for the keys, they wait for seconds.
 */
export class Unverified {
  readonly #bytes = new Map<string, number>();

  /**
   * @param length of the delivery's body, in bytes.
   * @throws {HookcastError} OVERLOADED if too many bytes of the source wait.
   */
  during<T>(source: string, length: number, verifying: () => T | Promise<T>): T | Promise<T> {
    const waiting = this.#bytes.get(source) ?? 0;
    // The first is always taken, however large its source's deliveries may be.
    if (waiting > 0 && waiting + length > MOST) {
      throw new HookcastError(
        'OVERLOADED',
        'Too many deliveries of this source wait to be verified. Send this one again later.',
      );
    }
    const verified = verifying();
    if (!(verified instanceof Promise)) return verified;
    this.#add(source, length);
    return verified.finally(() => this.#add(source, -length));
  }

  #add(source: string, length: number): void {
    const bytes = (this.#bytes.get(source) ?? 0) + length;
    if (bytes > 0) this.#bytes.set(source, bytes);
    else this.#bytes.delete(source);
  }
}
