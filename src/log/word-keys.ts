import { hash } from 'node:crypto';
import type { Wanted } from '../events/words.ts';

/**
 * The lengths of beginnings that have a key. A word is looked up by the longest of its beginnings that has one, and what is found
 * is compared with the event itself. So a word takes at most three keys, and its shorter beginnings find it too.
 */
const LENGTHS: readonly number[] = [3, 5, 9];
/** The most words of a search that are looked up. What is found is compared with all words. */
const MOST_LOOKED_UP = 6;
/** How many keys there are of open words, and as many of personal ones. */
export const KEYS = 2 ** 27;

/**
 * Makes the keys of words: hashes of 27 bits, keyed with the log's own secret. Keys of open words are 0 or more, and keys of personal
 * words below 0, so that an erasure can tell them apart.
 *
 * The index holds keys and no words, since a word that was deleted would stay in the storage: SQLite leaves copies of rows in gaps
 * of its pages, and a GIN index of PostgreSQL never removes the key of an entry. Different words may have the same key, so a
 * search compares the events that it finds.
 */
export class WordKeys {
  readonly #one: number;
  readonly #other: number;

  /** @param salt the log's own secret. */
  constructor(salt: string) {
    const seed = hash('sha256', `words ${salt}`, 'buffer');
    this.#one = seed.readInt32LE(0);
    this.#other = seed.readInt32LE(4);
  }

  /** The keys of words, each once. */
  of(open: ReadonlySet<string>, personal: ReadonlySet<string>): Set<number> {
    const keys = new Set<number>();
    for (const word of open) this.#addKeys(word, keys, false);
    for (const word of personal) this.#addKeys(word, keys, true);
    return keys;
  }

  /**
   * The keys to look up: one list for each word that is long enough to have keys, the longest word first, since it is likely to be
   * the rarest. An event that fits has a key of each list.
   */
  lookups({ words, last }: Wanted, people: boolean): readonly (readonly number[])[] {
    const sorted = [...words, last].toSorted((one, other) => other.length - one.length);
    return sorted.slice(0, MOST_LOOKED_UP).flatMap((word) => {
      const length = LENGTHS.findLast((one) => one <= word.length);
      if (length === undefined) return [];
      const hashed = this.#hash(word.slice(0, length));
      return [people ? [hashed, signed(hashed, true)] : [hashed]];
    });
  }

  #addKeys(word: string, keys: Set<number>, isPersonal: boolean): void {
    for (const length of LENGTHS) {
      if (length > word.length) return;
      keys.add(signed(this.#hash(word.slice(0, length)), isPersonal));
    }
  }

  #hash(text: string): number {
    let [one, other] = [this.#one, this.#other];
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      one = Math.imul(one ^ unit, 0x9e3779b1);
      one = (one << 13) | (one >>> 19);
      other = Math.imul(other ^ one, 0x85ebca77);
    }
    let mix = one ^ Math.imul(other, 0xc2b2ae3d);
    mix = Math.imul(mix ^ (mix >>> 16), 0x7feb352d);
    mix = Math.imul(mix ^ (mix >>> 15), 0x846ca68b);
    return (mix ^ (mix >>> 16)) & (KEYS - 1);
  }
}

function signed(hashed: number, isPersonal: boolean): number {
  return isPersonal ? -1 - hashed : hashed;
}
