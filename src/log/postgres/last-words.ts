import postgres from 'postgres';

/** An error's letter in the protocol, and those of the fields in it that are told. */
const ERROR = 0x45;
const FIELDS: Readonly<Record<string, string>> = { V: 'severity', C: 'code', M: 'message' };

/**
 * What a server or a pooler said before it ended the connection, by the last that came from it. porsager's library tells
 * an error only when the server says that it is ready for more, which one that hangs up never does: the reason would be lost.
 */
export function lastWords(chunk: Buffer | null): Error | null {
  if (!chunk) return null;
  // It is the last message; others may stand before it, and the first of them may have begun in another chunk.
  for (let at = chunk.indexOf(ERROR); at !== -1 && at + 5 <= chunk.length; at = chunk.indexOf(ERROR, at + 1)) {
    if (chunk.readUInt32BE(at + 1) !== chunk.length - at - 1) continue;
    const said: Record<string, string> = {};
    for (const field of chunk.toString('utf8', at + 5).split('\0')) {
      const name = FIELDS[field.charAt(0)];
      if (name) said[name] = field.slice(1);
    }
    if (/^[0-9A-Z]{5}$/.test(said['code'] ?? '')) return new postgres.PostgresError(said as never);
  }
  return null;
}
