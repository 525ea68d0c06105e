import { crc32 } from 'node:zlib';
import type { Row } from './value.ts';

/**
 * Of values as they come back from a database: text as UTF-8, in which what has no form there counts as U+FFFD, as SQLite
 * stores it. Some 2 µs for an event.
 *
 * @param without the places of values that are not part of it.
 * @param before the checksum of what these belong to, so that those of something else are not taken for them.
 */
export function checksumOf(values: Row, without: readonly number[] = [], before = 0): number {
  let text = '';
  // Without an iterator: this is done for each row that is read.
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place];
    // Null is none of the texts, and no two lists are one text.
    if (!without.includes(place)) text += value === null ? '\u0001\0' : `${value}\0`;
  }
  return crc32(text, before);
}
