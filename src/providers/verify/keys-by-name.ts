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
/** How many requests may find no key, or fail, within `REST`. Each is of another address, so that one stranger uses up one of them. */
const MOST_VAIN = 32;
const NAME = /^[\w.:~+/=-]{1,256}$/;

type Find = (name: string) => Promise<KeyObject | null>;

/**
 * Public keys that a function finds by their names. A stranger's token may name any key, so only some requests may find none:
 * one for each address within half a minute, and some for all addresses together. Beyond that nobody knows whether a name is a
 * key's, and the sender is asked to send the delivery again: a stranger must not have the deliveries refused that a new key signs.
 * A failure counts like a request that found none, since the function may fail for names that it does not know. Known keys stay
 * valid.
 */
export class KeysByName {
  readonly #find: Find;
  readonly #known = new Map<string, { readonly key: KeyObject; readonly at: number }>();
  readonly #asking = new Map<string, Promise<KeyObject | null>>();
  /** When a request last found no key, by the group of the address that caused it; and the names that have none. */
  readonly #vain = new Map<string, number>();
  readonly #nobodys = new Map<string, number>();

  constructor(find: Find) {
    this.#find = find;
  }

  /**
   * The key of a name; an empty list if the name is invalid or unknown.
   *
   * @param peer the address that the delivery came from.
   * @throws {HookcastError} KEYS_UNAVAILABLE when the function can't be asked.
   */
  async of(name: string | undefined, peer: string): Promise<readonly KeyObject[]> {
    if (name === undefined || !NAME.test(name)) return [];
    const known = this.#known.get(name);
    const isFresh = known !== undefined && performance.now() - known.at < GOOD;
    if (isFresh) return [known.key];
    if (isRecent(this.#nobodys.get(name))) return [];
    const asking = this.#asking.get(name);
    const group = groupOf(peer);
    if (!asking && this.#isResting(group)) {
      if (known) return [known.key];
      throw unavailable(null);
    }
    try {
      const key = await (asking ?? this.#ask(name, group));
      return key ? [key] : [];
    } catch (error) {
      if (known) return [known.key];
      throw unavailable(error);
    }
  }

  #isResting(group: string): boolean {
    if (isRecent(this.#vain.get(group))) return true;
    for (const [one, at] of this.#vain) if (!isRecent(at)) this.#vain.delete(one);
    for (const [name, at] of this.#nobodys) if (!isRecent(at)) this.#nobodys.delete(name);
    return this.#vain.size >= MOST_VAIN;
  }

  async #ask(name: string, group: string): Promise<KeyObject | null> {
    // Noted beforehand: otherwise a stranger could have thousands of names asked for before the first answer.
    this.#vain.set(group, performance.now());
    const asking = this.#find(name);
    this.#asking.set(name, asking);
    try {
      const key = await asking;
      if (key === null) {
        this.#nobodys.set(name, performance.now());
        return null;
      }
      this.#vain.delete(group);
      if (this.#known.size >= MOST)
        for (const oldest of this.#known.keys()) {
          this.#known.delete(oldest);
          break;
        }
      this.#known.set(name, { key, at: performance.now() });
      return key;
    } finally {
      this.#asking.delete(name);
    }
  }
}

/** The first 64 bits of an IPv6 address, since one sender may have all addresses that begin with them. */
function groupOf(peer: string): string {
  return peer.includes('.') ? peer : peer.split(':').slice(0, 4).join(':');
}

function isRecent(at = -Infinity): boolean {
  return performance.now() - at < REST;
}

function unavailable(cause: unknown): HookcastError {
  const message = 'The key that the sender signs with could not be fetched. Send this again later.';
  return new HookcastError('KEYS_UNAVAILABLE', message, cause === null ? undefined : { cause });
}
