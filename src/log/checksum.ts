import { crc32 } from 'node:zlib';
import type { Row } from './row.ts';

/**
 * Of values as they come back from a database: text as UTF-8, in which what has no form there counts as U+FFFD, as SQLite
 * stores it. Some 2 µs for an event.
 *
 * @param without the places of values that are not part of it.
 * @param before the checksum of what these belong to, so that those of something else are not taken for them.
 */
export function checksumOf(values: Row, without: readonly number[] = [], before = 0): number {
  let text = '';
  for (const [place, value] of values.entries()) {
    // Null is none of the texts, and no two lists are one text.
    if (!without.includes(place)) text += value === null ? '\u0001\0' : `${value}\0`;
  }
  return crc32(text, before);
}
