import { isUtf8 } from 'node:buffer';
import { type KeyObject, verify } from 'node:crypto';
import type { JWTVerifyOptions } from 'jose';
import { signatureBytes } from '../hmac.ts';
import { type JsonObject, isObject, parseJson } from '../payload.ts';

/** The result of `judge` for a token. `unsure` leaves it to jose. */
export type Verdict = 'good' | 'forged' | 'unsure';

/** The options of jose that this code supports. */
const UNDERSTOOD: ReadonlySet<string> = new Set(['algorithms', 'clockTolerance', 'audience', 'issuer', 'currentDate']);
/** Members of a header that change how a token is to be read (RFC 7515, 4.1.11; RFC 7797). */
const CHANGING = ['crit', 'b64'] as const;
/** Bits that an RSA key must have (RFC 7518, 3.3). */
const LEAST_BITS = 2048;

/**
 * Judges a token by one key, without jose if the token has the form that all senders use and is signed with RS256. jose checks
 * a signature in another thread, which takes three times the CPU of the check, and every delivery of Wix comes this way. Only
 * tokens that jose also accepts are `good`, and jose always says why a token is refused.
 */
export function judge(token: string, key: KeyObject, options: JWTVerifyOptions): Verdict {
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS) return 'unsure';
  if (!options.algorithms?.includes('RS256') || !Object.keys(options).every((name) => UNDERSTOOD.has(name)))
    return 'unsure';
  const [head = '', body = '', signed = '', ...more] = token.split('.');
  const header = objectIn(head);
  const signature = signatureBytes(signed, 'base64url');
  const isPlain = header?.['alg'] === 'RS256' && !CHANGING.some((name) => Object.hasOwn(header, name));
  if (!isPlain || signature === null || more.length > 0) return 'unsure';
  if (!verify('sha256', Buffer.from(`${head}.${body}`, 'latin1'), key, signature)) return 'forged';
  const claims = objectIn(body);
  return claims !== null && areAcceptable(claims, options) ? 'good' : 'unsure';
}

/** The JSON object in a part of a token; null if it is none, or if another encoder would write another text. */
function objectIn(part: string): JsonObject | null {
  const bytes = signatureBytes(part, 'base64url');
  const value = bytes && isUtf8(bytes) ? parseJson(bytes.toString('utf8')) : null;
  return isObject(value) ? value : null;
}

function areAcceptable(
  claims: JsonObject,
  { audience, issuer, clockTolerance = 0, currentDate }: JWTVerifyOptions,
): boolean {
  if (typeof clockTolerance !== 'number' || currentDate === undefined) return false;
  if (audience !== undefined && (typeof audience !== 'string' || claims['aud'] !== audience)) return false;
  if (issuer !== undefined && (typeof issuer !== 'string' || claims['iss'] !== issuer)) return false;
  const now = Math.floor(currentDate.getTime() / 1_000);
  const { iat, nbf, exp } = claims;
  const areTimes = [iat, nbf, exp].every((time) => time === undefined || typeof time === 'number');
  if (!areTimes) return false;
  return !(Number(nbf) > now + clockTolerance) && !(Number(exp) <= now - clockTolerance);
}
