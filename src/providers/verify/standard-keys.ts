import { type KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';
import { type HmacKey, keyOf } from '../hmac.ts';
import { LEAST_KNOWN, type Secrets, checkKey, checkSecrets, checkText } from './secrets.ts';

/** The encoding of a shared secret, by Node's names. */
export type SecretEncoding = 'base64' | 'utf8';

export interface StandardKeys {
  readonly shared: readonly HmacKey[];
  readonly publicKeys: readonly KeyObject[];
  readonly privateKey: KeyObject | null;
}

/** The PKCS #8 prefix of the seed of an ed25519 private key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The option's name in a file of sources, and in the settings. */
const OPTION = 'secretEncoding (STANDARD_WEBHOOKS_SECRET_ENCODING)';

/** Supabase shows the version before a secret, and separates several by a bar: `v1,whsec_…|v1,whsec_…`. */
const NEXT = /\|(?=v1a?,)/;
const VERSION = /^v1a?,/;

/**
 * The keys of Standard Webhooks, from secrets as senders' pages show them. `whsec_`, `whpk_` and `whsk_` are defined by the
 * specification. For any other shared secret, the text doesn't show how its sender uses it: the specification's library decodes
 * it as base64; Polar (`polar_whs_…`) and Whop (`ws_…`) sign with the whole text including the prefix, and OpenAI's library
 * does so as well. Both are tried, as Polar's own library does: an attacker who doesn't know the secret knows neither key.
 *
 * @param where the beginning of the messages.
 * @throws {Error} for a text that can't be a secret; the message says why.
 */
export function readStandardKeys(where: string, secrets: Secrets, encoding: SecretEncoding | undefined): StandardKeys {
  const isEncoding = encoding === undefined || encoding === 'base64' || encoding === 'utf8';
  if (!isEncoding) throw new Error(`${where}: secretEncoding must be 'base64' or 'utf8'`);
  const shared: HmacKey[] = [];
  const publicKeys: KeyObject[] = [];
  let privateKey: KeyObject | null = null;
  for (const [index, given] of checkSecrets(where, secrets, { least: 0 }).entries()) {
    const place = `${where}: secrets[${index}]`;
    for (const secret of encoding === 'utf8' ? [given] : given.split(NEXT)) {
      const [, prefix, text = ''] = /^(whsec_|whpk_|whsk_)?(.*)$/s.exec(secret.replace(VERSION, '')) ?? [];
      if (prefix === 'whpk_') publicKeys.push(publicKeyOf(place, text));
      else if (prefix === 'whsk_') {
        const own = privateKeyOf(place, text);
        privateKey ??= own;
        publicKeys.push(createPublicKey(own));
      } else shared.push(...sharedKeys(place, secret, encoding ?? (prefix ? 'base64' : undefined)));
    }
  }
  return { shared, publicKeys, privateKey };
}

function sharedKeys(place: string, secret: string, encoding: SecretEncoding | undefined): HmacKey[] {
  if (encoding === 'utf8') return [textKey(place, secret)];
  const text = secret.replace(VERSION, '');
  const decoded = base64(text.replace(/^(?:whsec_|polar_whs_)/, ''));
  if (encoding === 'base64') {
    if (decoded) return [keyOf(checkKey(place, decoded, LEAST_KNOWN), 'sha256')];
    throw new Error(
      `${place} is not base64 after whsec_, so it is not a key; copy all of it, or, if the sender signs with the whole ` +
        `text, set ${OPTION} to utf8`,
    );
  }
  const odd = oddityOf(text);
  if (odd !== null) {
    throw new Error(`${place} is not a secret: ${odd}; if it is a secret nevertheless, set ${OPTION} to utf8`);
  }
  const bytes = decoded && decoded.length >= LEAST_KNOWN ? [keyOf(checkKey(place, decoded), 'sha256')] : [];
  return [...bytes, textKey(place, text)];
}

/** Why a text is no secret, for values that people paste by mistake; null if it may be one. */
function oddityOf(text: string): string | null {
  if (text.includes('://')) return 'it is a URL';
  if (/^polar_oat_|^(?:sk|pk|rk)_(?:live|test)_/.test(text)) return 'it is a key or a token of the API';
  return /\s/.test(text) ? 'it has a blank in it' : null;
}

function textKey(place: string, text: string): HmacKey {
  checkText(place, text, LEAST_KNOWN);
  return keyOf(Buffer.from(text), 'sha256');
}

/** Decodes base64 in either alphabet, with or without padding. Null if the text is not base64, or empty. */
function base64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  const bare = text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
  return bytes.toString('base64url') === bare && bytes.length > 0 ? bytes : null;
}

function publicKeyOf(place: string, text: string): KeyObject {
  const bytes = base64(text);
  if (bytes?.length !== 32) throw new Error(`${place} is not 32 bytes of base64 after whpk_`);
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}

/** Reads a private key: the seed alone, or followed by the public key, as in libsodium. */
function privateKeyOf(place: string, text: string): KeyObject {
  const bytes = base64(text);
  if (bytes?.length !== 32 && bytes?.length !== 64) {
    throw new Error(`${place} is not 32 or 64 bytes of base64 after whsk_`);
  }
  return createPrivateKey({ key: Buffer.concat([PKCS8, bytes.subarray(0, 32)]), format: 'der', type: 'pkcs8' });
}
