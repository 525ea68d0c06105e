import type { KeyObject } from 'node:crypto';
import { HookcastError } from '../../errors.ts';

/**
 * How long a key is valid without another request; and how long no further request is made after one found no key; in
 * milliseconds.
 */
const GOOD = 600_000;
const REST = 30_000;
/** The most keys that are cached. Senders have one, or two while one replaces another. */
const MOST = 16;
const NAME = /^[\w.:~+/=-]{1,256}$/;

/**
 * Public keys that a function finds by their names. A stranger's token may name any key. So after an unknown name or a failure,
 * no other request is made for half a minute, and known keys stay valid.
 */
export class KeysByName {
  readonly #ask: (name: string) => Promise<KeyObject | null>;
  readonly #known = new Map<string, { readonly key: KeyObject; readonly at: number }>();
  readonly #asking = new Map<string, Promise<KeyObject | null>>();
  #restingSince = -Infinity;

  constructor(ask: (name: string) => Promise<KeyObject | null>) {
    this.#ask = ask;
  }

  /**
   * The key of a name; an empty list if the name is invalid or unknown. @throws {HookcastError} KEYS_UNAVAILABLE when the
   * function can't be asked.
   */
  async of(name: string | undefined): Promise<readonly KeyObject[]> {
    if (name === undefined || !NAME.test(name)) return [];
    const known = this.#known.get(name);
    const isFresh = known !== undefined && performance.now() - known.at < GOOD;
    if (isFresh) return [known.key];
    if (performance.now() - this.#restingSince < REST) return known ? [known.key] : [];
    try {
      const key = await (this.#asking.get(name) ?? this.#fetch(name));
      return key ? [key] : [];
    } catch (error) {
      if (known) return [known.key];
      const message = 'The key that the sender signs with could not be fetched. Send this again later.';
      throw new HookcastError('KEYS_UNAVAILABLE', message, { cause: error });
    }
  }

  async #fetch(name: string): Promise<KeyObject | null> {
    const asking = this.#ask(name);
    this.#asking.set(name, asking);
    try {
      const key = await asking;
      if (key === null) {
        this.#restingSince = performance.now();
        return null;
      }
      if (this.#known.size >= MOST)
        for (const oldest of this.#known.keys()) {
          this.#known.delete(oldest);
          break;
        }
      this.#known.set(name, { key, at: performance.now() });
      return key;
    } catch (error) {
      this.#restingSince = performance.now();
      throw error;
    } finally {
      this.#asking.delete(name);
    }
  }
}
