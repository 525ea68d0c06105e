import { crc32 } from 'node:zlib';
import type { Row } from './value.ts';

/**
 * The checksum of values as a database returns them. Text counts as UTF-8, and half of a surrogate pair counts as U+FFFD, as
 * SQLite stores it. This takes some 2 µs for an event.
 *
 * @param without the places of values that the checksum leaves out.
 * @param before the checksum of the row to which these values belong. The same values in another row then have another checksum.
 */
export function checksumOf(values: Row, without: readonly number[] = [], before = 0): number {
  let text = '';
  // An iterator would be slower, and this runs for each row that is read.
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place];
    // U+0001 stands for null, and U+0000 ends each value, so that different lists give different texts.
    if (!without.includes(place)) text += value === null ? '\u0001\0' : `${value}\0`;
  }
  return crc32(text, before);
}
