import postgres from 'postgres';

/** The letter of an error message in the protocol, and the letters of the fields that are read. */
const ERROR = 0x45;
const FIELDS: Readonly<Record<string, string>> = { V: 'severity', C: 'code', M: 'message' };

/**
 * The error that a server or a pooler sent before it ended the connection, read from the last chunk. porsager's library reports
 * an error only when the server is ready for more. A server that hangs up never is, and its reason would be lost.
 */
export function lastWords(chunk: Buffer | null): Error | null {
  if (!chunk) return null;
  // The error is the last message. Others may stand before it, and the first of those may have begun in another chunk.
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
