/**
 * Cuts a stream of UTF-8 only between characters. A network cuts it anywhere, and some readers decode each chunk by itself, such as the
 * one in Hive Gateway (`@graphql-tools/executor-http` 3.4.1): a character in two chunks would become two that nobody wrote.
 */
export class WholeCharacters {
  #kept = new Uint8Array(0);

  /** What was kept and the chunk, without the character that is not whole yet. */
  take(chunk: Uint8Array): Uint8Array {
    const bytes = this.#kept.length > 0 ? joined(this.#kept, chunk) : chunk;
    const end = bytes.length - cutOff(bytes);
    this.#kept = bytes.slice(end);
    return bytes.subarray(0, end);
  }

  /** What was kept, at the end of the stream. */
  rest(): Uint8Array {
    return this.#kept;
  }
}

/** The number of bytes at the end that begin a character without ending it. */
function cutOff(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count += 1) {
    const byte = bytes[bytes.length - count]!;
    if (byte >= 0b1100_0000) return lengthOf(byte) > count ? count : 0;
    if (byte < 0b1000_0000) return 0;
  }
  return 0;
}

/** The bytes of a character, by its first. */
function lengthOf(first: number): number {
  if (first >= 0b1111_0000) return 4;
  return first >= 0b1110_0000 ? 3 : 2;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
