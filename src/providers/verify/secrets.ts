/**
 * What a source's deliveries are checked with, as the provider shows it. Several while one replaces another, the newest
 * first. A variable of the environment may be given as it is: one that is not set is refused at the start.
 */
export type Secrets = readonly [string | undefined, ...(string | undefined)[]];

/**
 * How long a secret must be at least, in characters or, where it is decoded, in bytes. One that is shorter can be found by
 * trying, with a single delivery that somebody has seen. There are platforms that hand out eleven characters (Kiwify), so for
 * a provider that nobody here knows it can't be more; those that ship hand out longer ones, or have the user choose.
 */
const LEAST = 8;
export const LEAST_KNOWN = 16;
/** Of what stands in a URL, the characters of base64url that hold 128 bits; of hex they are 64 bits and more. */
export const LEAST_TOKEN = 22;
/** What Eduzz, Stripe, Polar and Whop put before a secret: everybody knows it. */
const PREFIX = /^(?:edzwgd_|polar_whs_|whsec_|ws_)/;

/** Zero bytes count for nothing in a key of HMAC: they are what it is filled up with. */
const NOTHING = /^[\s\0]*$/;

/** What is pasted along with a secret: blanks, line breaks, and characters that have no width. */
const AROUND = /^[\s\u200b-\u200d\u2060\ufeff]+|[\s\u200b-\u200d\u2060\ufeff]+$/g;
/** Docker's --env-file and Kubernetes keep the quotes that a shell would take away. */
const QUOTED = /^(["'`])(.*)\1$/s;
/** What a page shows instead of a secret, until somebody asks it to show it. */
const MASKED = /[•●∙…]|\*{4}/;

/**
 * The same as the provider has them, once it is known that nobody else can sign with one of them: without the blanks, line
 * breaks and quotes that were pasted around them. The messages say nothing of what the secrets are.
 *
 * @param where what the messages begin with: the provider, or the verifier.
 * @param secrets as the user gave them, of any type.
 * @param member what the user calls them.
 * @param least how long each must be.
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
    if (MASKED.test(text)) throw new Error(`${place} is masked; let the sender's page show it, and copy it then`);
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

/** @throws {Error} for what is no list, or an empty one. */
export function checkList(where: string, given: unknown, member: string): unknown[] {
  if (Array.isArray(given) && given.length > 0) return [...(given as unknown[])];
  throw new Error(`${where}: ${member} must be a list of at least one`);
}

/** @throws {Error} for a text that is too short without the prefix that everybody knows. */
export function checkText(where: string, secret: string, least: number): void {
  checkLength(where, secret.replace(PREFIX, '').length, least, 'characters');
}

/** @throws {Error} for a key that HMAC takes for none at all, or that is too short. */
export function checkKey(where: string, bytes: Buffer, least = LEAST): Buffer {
  if (bytes.every((byte) => byte === 0)) throw new Error(`${where} makes an empty key`);
  checkLength(where, bytes.length, least, 'bytes');
  return bytes;
}

function checkLength(where: string, length: number, least: number, unit: string): void {
  if (length >= least) return;
  throw new Error(
    `${where} is too short: ${length} ${unit}, where ${least} are needed so that nobody can find it by trying`,
  );
}
