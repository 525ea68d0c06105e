import { crc32 } from 'node:zlib';
import type { Row } from './row.ts';

/**
 * Of values as they come back from a database: text as UTF-8, in which what has no form there counts as U+FFFD, as SQLite
 * stores it. Some 2 µs for an event.
 *
 * @param before the checksum of what these belong to, so that those of something else are not taken for them.
 */
export function checksumOf(values: Row, before = 0): number {
  // Null is none of the texts, and no two lists are one text.
  return crc32(values.map((value) => (value === null ? '\u0001' : value)).join('\0'), before);
}
