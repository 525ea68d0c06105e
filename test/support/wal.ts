const HEADER = 32;
const FRAME_HEADER = 24;

/**
 * Where the transactions of a write-ahead log end, in bytes and in order. The frame that ends one says how large the database is
 * then, and frames of an earlier round of the file have other salts (https://sqlite.org/fileformat2.html#walformat).
 */
export function transactionEnds(wal: Buffer): readonly number[] {
  const stride = FRAME_HEADER + wal.readUInt32BE(8);
  const ends: number[] = [];
  for (let at = HEADER; at + stride <= wal.length; at += stride) {
    if (wal.compare(wal, 16, 24, at + 8, at + 16) !== 0) break;
    if (wal.readUInt32BE(at + 4) > 0) ends.push(at + stride);
  }
  return ends;
}
