import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { Damage } from './damage.ts';

/** https://www.sqlite.org/fileformat2.html#walformat. The lowest bit of the magic number gives the byte order of the words. */
const MAGIC = 0x377f0682;
const HEADER = 32;
const FRAME_HEADER = 24;
/** How many frames are read at once. */
const PIECE = 256;

/** https://www.sqlite.org/fileformat2.html#the_database_header. A page size of 1 stands for 65,536. */
const PAGE_SIZE_AT = 16;

type Sum = readonly [number, number];

/**
 * Checks the write-ahead log that a crash has left, before SQLite reads it. SQLite takes the first frame with a wrong checksum for
 * the end, and would silently leave out every commit behind it.
 *
 * An incomplete last transaction is no damage: a power failure cuts it off before it is acknowledged. But if another transaction
 * began behind a frame, that frame had been synced.
 *
 * @throws {Damage} if commits stand behind a damaged frame.
 */
export function assertWalIsWhole(path: string): void {
  const wal = `${path}-wal`;
  const file = openIfThere(wal);
  if (file === null) return;
  try {
    for (;;) {
      const header = read(file, 0, HEADER);
      const at = damageOf(file, header);
      if (at === null) return;
      // Damage stays where it is. A process that writes meanwhile may make the file look damaged, but not twice at the same place:
      // it may begin the file anew, or overwrite its old end between two pieces that we read.
      if (read(file, 0, HEADER).equals(header) && damageOf(file, header) === at) {
        throw new Damage(`${wal} at byte ${at}, and later commits would be left out`);
      }
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Checks that the file ends with a whole page: SQLite takes the missing part of the last page for zeros. If there is a write-ahead
 * log, the file may end with a part of a page: a crash can cut off data that SQLite then writes again from the log.
 *
 * @throws {Damage} if there is no write-ahead log and the last page is not whole.
 */
export function assertEndsWithAPage(path: string): void {
  const size = sizeOf(path);
  if (size === 0 || sizeOf(`${path}-wal`) > 0) return;
  const file = openSync(path, 'r');
  try {
    const header = read(file, 0, PAGE_SIZE_AT + 2);
    const page = header.length < PAGE_SIZE_AT + 2 ? 0 : header.readUInt16BE(PAGE_SIZE_AT);
    if (page > 1 && size % page !== 0) throw new Damage(`${path} is cut off at byte ${size}`);
  } finally {
    closeSync(file);
  }
}

/** The position in bytes of the first damage that has committed transactions behind it; null if there is none. */
function damageOf(file: number, header: Buffer): number | null {
  if (header.length < HEADER) return null;
  // The file was lengthened before a power failure, and never written.
  if (header.every((byte) => byte === 0)) return null;
  const little = header.readUInt32BE(0) === MAGIC;
  const sum = summed(header, 0, HEADER - 8, [0, 0], little);
  const isHeader = (header.readUInt32BE(0) & ~1) >>> 0 === MAGIC && equal(sum, sumAt(header, HEADER - 8));
  if (!isHeader) return 0;
  const page = header.readUInt32BE(8);
  const stride = FRAME_HEADER + page;
  let expected = sum;
  let before: { readonly sum: Sum; readonly isCommit: boolean } | null = null;
  let damaged: number | null = null;
  for (let from = HEADER; ; from += PIECE * stride) {
    const piece = read(file, from, PIECE * stride);
    for (let at = 0; at + stride <= piece.length; at += stride) {
      const isCurrent = piece.compare(header, 16, 24, at + 8, at + 16) === 0;
      const stored = sumAt(piece, at + 16);
      const after = (seed: Sum) => summed(piece, at + FRAME_HEADER, page, summed(piece, at, 8, seed, little), little);
      if (damaged === null) {
        if (isCurrent && equal((expected = after(expected)), stored)) continue;
        damaged = from + at;
      } else if (isCurrent && before?.isCommit && equal(after(before.sum), stored)) return damaged;
      before = { sum: stored, isCommit: piece.readUInt32BE(at + 4) !== 0 };
    }
    if (piece.length < PIECE * stride) return null;
  }
}

function summed(bytes: Buffer, from: number, length: number, [first, second]: Sum, little: boolean): Sum {
  let [one, two] = [first, second];
  const words = new DataView(bytes.buffer, bytes.byteOffset + from, length);
  for (let at = 0; at < length; at += 8) {
    one = (one + words.getUint32(at, little) + two) >>> 0;
    two = (two + words.getUint32(at + 4, little) + one) >>> 0;
  }
  return [one, two];
}

function sumAt(bytes: Buffer, at: number): Sum {
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
}

function equal(one: Sum, other: Sum): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Reads up to `length` bytes: fewer if the file ends before. */
function read(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let size = 0;
  while (size < length) {
    const count = readSync(file, bytes, size, length - size, from + size);
    if (count === 0) break;
    size += count;
  }
  return bytes.subarray(0, size);
}
