import { timingSafeEqual } from 'node:crypto';
import { type HmacAlgorithm, digestOf, hmacOf, isSigned, keyOf } from '../hmac.ts';
import type { Delivery } from '../delivery.ts';
import type { Verifier } from '../verifier.ts';
import { type Secrets, checkKey, checkSecrets } from './secrets.ts';
import { type SignatureOptions, type SignedTime, signatureVerifier } from './signature.ts';
import { type Template, body, map, secret, time } from './template.ts';

export interface HmacOptions extends SignatureOptions {
  readonly secrets: Secrets;
  /** How the secrets are written. The default is text; set it if the provider says that secrets must be decoded. */
  readonly secretEncoding?: 'utf8' | 'hex' | 'base64';
  /** The default is SHA-256. */
  readonly algorithm?: HmacAlgorithm;
  /** The signed text before the body: short for `signed: [before, body]`. */
  readonly before?: (delivery: Delivery) => string;
  readonly timestamp?: SignedTime & {
    /** The signed text before the body, made from the time: short for `signed`. The default is the time and a dot. */
    readonly before?: (timestamp: string) => string;
  };
}

/**
 * Deliveries that are signed with HMAC.
 *
 * @throws {Error} for secrets that are missing, empty, too short, or not of their encoding.
 */
export function hmac(options: HmacOptions): Verifier {
  const { secretEncoding = 'utf8', algorithm = 'sha256' } = options;
  const where = `hmac (${nameOf(options)})`;
  // Decoded secrets are measured after decoding.
  const decoded = secretEncoding === 'utf8' ? {} : { least: 0 };
  const keys = checkSecrets(where, options.secrets, decoded).map((text, index) =>
    keyOf(decodeSecret(`${where}: secrets[${index}]`, text, secretEncoding), algorithm),
  );
  const newest = keys[0]!;
  const signed = signedBy(where, options);
  return signatureVerifier(where, signed ? { ...options, signed } : options, {
    key: newest,
    isSigned: (parts, signatures) => isSigned(keys, parts(null), signatures),
    sign: (parts) => hmacOf(newest, ...parts(null)),
  });
}

export interface DigestOptions extends SignatureOptions {
  readonly secrets: Secrets;
  /** The default is SHA-256. */
  readonly algorithm?: HmacAlgorithm;
  /** The hashed text: `[secret, '-', body]`. It must contain the secret, since a digest has no key. */
  readonly signed: Template;
}

/**
 * Deliveries whose signature is a plain digest of a text with the secret in it.
 *
 * @throws {Error} for secrets that are missing, empty or too short, and if the hashed text does not contain the secret: then
 *   anybody could make the digest.
 */
export function digest(options: DigestOptions): Verifier {
  const { algorithm = 'sha256', signed } = options;
  const where = `digest (${nameOf(options)})`;
  const secrets = checkSecrets(where, options.secrets);
  if (!signed.includes(secret)) throw new Error(`${where}: the secret must be one of the hashed parts`);
  return signatureVerifier(where, options, {
    isSigned(parts, signatures) {
      let matches = false;
      for (const one of secrets) {
        const expected = digestOf(algorithm, Buffer.concat(parts(one)));
        for (const given of signatures) {
          if (given?.length === expected.length && timingSafeEqual(expected, given)) matches = true;
        }
      }
      return matches;
    },
    sign: (parts) => digestOf(algorithm, Buffer.concat(parts(secrets[0]))),
  });
}

/** The place of the signature, for messages. */
export function nameOf({ header, from }: Pick<SignatureOptions, 'header' | 'from'>): string {
  const names = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  return [...names.map((name) => name.toLowerCase()), ...(from ? [from.what] : [])].join(', ');
}

/** The option `before` as a template. */
function signedBy(where: string, { signed, before, timestamp }: HmacOptions): Template | null {
  const made = timestamp?.before ? map(time, timestamp.before) : before;
  if (made === undefined) return null;
  if (signed !== undefined) throw new Error(`${where}: give either signed or before`);
  return [made, body];
}

function decodeSecret(where: string, text: string, encoding: 'utf8' | 'hex' | 'base64'): Buffer {
  const form = { utf8: /^/, hex: /^(?:[0-9a-f]{2})+$/i, base64: /^[\w+/-]+={0,2}$/ }[encoding];
  if (!form.test(text)) throw new Error(`${where} is not ${encoding}`);
  return checkKey(where, Buffer.from(text, encoding));
}
