/**
 * What a source's deliveries are checked with, as the provider shows it. Several while one replaces another, the newest
 * first. A variable of the environment may be given as it is: one that is not set is refused at the start.
 */
export type Secrets = readonly [string | undefined, ...(string | undefined)[]];

/** Zero bytes count for nothing in a key of HMAC: they are what it is filled up with. */
const NOTHING = /^[\s\0]*$/;

/**
 * The same, once it is known that nobody else can sign with one of them. Says nothing of what they are.
 *
 * @param where what the messages begin with: the provider, or the verifier.
 * @param secrets whatever a user gave.
 * @param member what the user calls them.
 * @throws {Error} when there is none, or one that is missing, empty or no text.
 */
export function checkSecrets(where: string, secrets: unknown, member = 'secrets'): readonly [string, ...string[]] {
  const given: unknown[] = checkList(where, secrets, member);
  for (const [index, secret] of given.entries()) {
    const isMissing = secret === undefined || secret === null;
    if (isMissing || (typeof secret === 'string' && NOTHING.test(secret))) {
      throw new Error(`${where}: ${member}[${index}] is missing or empty`);
    }
    if (typeof secret !== 'string') throw new Error(`${where}: ${member}[${index}] is not text`);
  }
  return given as [string, ...string[]];
}

/** @throws {Error} for what is no list, or an empty one. */
export function checkList(where: string, given: unknown, member: string): unknown[] {
  if (Array.isArray(given) && given.length > 0) return [...(given as unknown[])];
  throw new Error(`${where}: ${member} must be a list of at least one`);
}

/** @throws {Error} for a key that HMAC takes for none at all. */
export function checkKey(where: string, bytes: Buffer): Buffer {
  if (bytes.some((byte) => byte !== 0)) return bytes;
  throw new Error(`${where} makes an empty key`);
}
