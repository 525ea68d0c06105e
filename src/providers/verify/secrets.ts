import { isPlaceholder } from '../../guessable.ts';

/**
 * The secrets of a source, as the provider shows them, the newest first. There are several while one replaces another. A
 * variable of the environment may be passed directly: one that is not set is refused at the start.
 */
export type Secrets = readonly [string | undefined, ...(string | undefined)[]];

/**
 * The least length of a secret, in characters or, if it is decoded, in bytes. An attacker who has seen a single delivery can
 * find a shorter one by trying. Some platforms give out secrets of eleven characters (Kiwify), so for an unknown provider the
 * limit can't be higher. Shipped providers give out longer ones, or let the user choose.
 */
const LEAST = 8;
export const LEAST_KNOWN = 16;
/** The least length of a token in a URL: the characters of base64url that hold 128 bits. In hex they are 64 bits and more. */
export const LEAST_TOKEN = 22;
/** The prefixes of Eduzz, Stripe, Polar and Whop, which everybody knows. */
const PREFIX = /^(?:edzwgd_|polar_whs_|whsec_|ws_)/;

/** Zero bytes add nothing to a key of HMAC, which is filled up with them. */
const NOTHING = /^[\s\0]*$/;

/** Characters that are pasted along with a secret: blanks, line breaks, and characters without width. */
const AROUND = /^[\s\u200b-\u200d\u2060\ufeff]+|[\s\u200b-\u200d\u2060\ufeff]+$/g;
/** Docker's --env-file and Kubernetes keep the quotes that a shell would take away. */
const QUOTED = /^(["'`])(.*)\1$/s;
/** The masks that pages show in place of a secret. */
const MASKED = /[•●∙…]|\*{4}/;

/**
 * Checks secrets, and removes the blanks, line breaks and quotes that were pasted around them. The messages reveal nothing of
 * the secrets.
 *
 * @param where the beginning of the messages: the provider, or the verifier.
 * @param secrets as the user gave them, of any type.
 * @param member the user's name for them.
 * @param least the least length of each.
 * @throws {Error} when there is none, or one that is missing, empty, too short or no text.
 */
export function checkSecrets(
  where: string,
  secrets: unknown,
  { member = 'secrets', least = LEAST }: { readonly member?: string; readonly least?: number } = {},
): readonly [string, ...string[]] {
  const given: unknown[] = checkList(where, secrets, member);
  for (const [index, secret] of given.entries()) {
    const isMissing = secret === undefined || secret === null;
    if (isMissing || (typeof secret === 'string' && NOTHING.test(secret))) {
      throw new Error(`${where}: ${member}[${index}] is missing or empty`);
    }
    if (typeof secret !== 'string') throw new Error(`${where}: ${member}[${index}] is not text`);
  }
  const [newest = '', ...others] = (given as string[]).map((secret, index) => {
    const place = `${where}: ${member}[${index}]`;
    const text = unwrapped(secret);
    if (text === '') throw new Error(`${place} is missing or empty`);
    if (isPlaceholder(text)) throw new Error(`${place} is a placeholder; copy the secret from the sender's page`);
    if (MASKED.test(text)) throw new Error(`${place} is masked; show it on the sender's page, and copy it again`);
    if (/\p{Cc}/u.test(text)) {
      throw new Error(`${place} has a line break or another control character in it; give each secret by itself`);
    }
    checkText(place, text, least);
    return text;
  });
  return [newest, ...others];
}

function unwrapped(secret: string): string {
  const bare = secret.replace(AROUND, '');
  return (QUOTED.exec(bare)?.[2] ?? bare).replace(AROUND, '');
}

/** @throws {Error} if it is no list, or an empty one. */
export function checkList(where: string, given: unknown, member: string): unknown[] {
  if (Array.isArray(given) && given.length > 0) return [...(given as unknown[])];
  throw new Error(`${where}: ${member} must be a list of at least one`);
}

/** @throws {Error} for a text that is too short without a known prefix. */
export function checkText(where: string, secret: string, least: number): void {
  checkLength(where, secret.replace(PREFIX, '').length, least, 'characters');
}

/** @throws {Error} for a key of zero bytes, which HMAC treats as empty, or one that is too short. */
export function checkKey(where: string, bytes: Buffer, least = LEAST): Buffer {
  if (bytes.every((byte) => byte === 0)) throw new Error(`${where} makes an empty key`);
  checkLength(where, bytes.length, least, 'bytes');
  return bytes;
}

function checkLength(where: string, length: number, least: number, unit: string): void {
  if (length >= least) return;
  throw new Error(`${where} is too short: ${length} ${unit}, where ${least} are needed to resist attacks`);
}
