import { HookcastError } from '../../errors.ts';
import { type BodyFormat, jsonBody } from '../body.ts';
import { type HmacAlgorithm, type HmacKey, hmacOf, isSigned, keyOf, signatureBytes } from '../hmac.ts';
import type { Delivery } from '../provider.ts';
import type { Verifier } from '../verifier.ts';
import { missing } from './missing.ts';
import { type Secrets, checkKey, checkSecrets } from './secrets.ts';
import { type Tolerance, checkTimestamp, isTimestamp } from './timestamp.ts';
import { verifiedBody } from './verified.ts';

interface Common {
  readonly secrets: Secrets;
  /** How the secrets are written. As text, unless the provider says that they are to be decoded. */
  readonly secretEncoding?: 'utf8' | 'hex' | 'base64';
  /** The header that the signature stands in. */
  readonly header: string;
  readonly encoding: 'hex' | 'base64';
  /** SHA-256, unless told otherwise. */
  readonly algorithm?: HmacAlgorithm;
  /** JSON, unless told otherwise. */
  readonly body?: BodyFormat;
}

/** A header that is the signature and nothing else. */
export interface PlainSignature extends Common {
  /** What stands before it, such as `sha256=`. */
  readonly prefix?: string;
  /** What is signed before the body, such as the URL that it is sent to. */
  readonly before?: (delivery: Delivery) => string;
  readonly timestamp?: never;
}

/** A header like `t=1700000000,v1=5257…,v1=6ffb…`: when it was signed, and one signature or more. */
export interface TimestampedSignature extends Common {
  readonly timestamp: Tolerance & {
    /** What is signed before the body, made of the time. The time and a dot, unless told otherwise. */
    readonly before?: (timestamp: string) => string;
    /** Which of the signatures count. `v1`, unless told otherwise. */
    readonly scheme?: string;
  };
  readonly prefix?: never;
  readonly before?: never;
}

/** What a header claims: that this, before the body, was signed with one of these. */
interface Claim {
  readonly before: string;
  readonly signatures: readonly (Buffer | null)[];
  readonly timestamp: string | null;
}

/**
 * Deliveries that are signed with HMAC.
 *
 * @throws {Error} for secrets that are missing, empty, too short, or not of their encoding.
 */
export function hmac(options: PlainSignature | TimestampedSignature): Verifier {
  const { secretEncoding = 'utf8', encoding, algorithm = 'sha256', body: format = jsonBody } = options;
  const header = options.header.toLowerCase();
  const where = `hmac (${header})`;
  // What is decoded is measured once it is.
  const decoded = secretEncoding === 'utf8' ? {} : { least: 0 };
  const keys = checkSecrets(where, options.secrets, decoded).map((secret, index) =>
    keyOf(decodeSecret(`${where}: secrets[${index}]`, secret, secretEncoding), algorithm),
  );
  const newest = keys[0]!;
  return {
    key: newest,
    verify(delivery) {
      const value = delivery.headers[header];
      if (value === undefined) throw missing(header);
      const claim = readClaim(options, value, delivery);
      if (!claim || !isSigned(keys, partsOf(claim.before, delivery.body), claim.signatures)) {
        throw new HookcastError(
          'SIGNATURE_INVALID',
          `${header} does not sign this body under any secret of this source.`,
        );
      }
      if (claim.timestamp !== null) checkTimestamp(claim.timestamp, options.timestamp!, delivery.receivedAt);
      return verifiedBody(format.read(delivery.body), delivery.body);
    },
    sign(payload, at) {
      const text = format.write(payload);
      const body = Buffer.from(text);
      const headers = { 'content-type': format.contentType };
      const delivery = { headers, body, receivedAt: at.getTime() };
      return { body: text, headers: { ...headers, [header]: signatureOf(options, newest, delivery, encoding) } };
    },
  };
}

function signatureOf(
  options: PlainSignature | TimestampedSignature,
  key: HmacKey,
  delivery: Delivery,
  encoding: 'hex' | 'base64',
): string {
  if (!options.timestamp) {
    const before = options.before?.(delivery) ?? '';
    return (options.prefix ?? '') + hmacOf(key, ...partsOf(before, delivery.body)).toString(encoding);
  }
  const { before = withDot, scheme = 'v1' } = options.timestamp;
  const timestamp = String(Math.floor(delivery.receivedAt / 1000));
  return `t=${timestamp},${scheme}=${hmacOf(key, ...partsOf(before(timestamp), delivery.body)).toString(encoding)}`;
}

function readClaim(
  options: PlainSignature | TimestampedSignature,
  value: string | string[],
  delivery: Delivery,
): Claim | null {
  if (typeof value !== 'string') return null;
  if (options.timestamp) return readTimestamped(value, options);
  const { prefix = '', before, encoding } = options;
  if (!value.startsWith(prefix)) return null;
  const signatures = [signatureBytes(value.slice(prefix.length), encoding)];
  try {
    return { before: before?.(delivery) ?? '', signatures, timestamp: null };
  } catch {
    // Of what is not signed yet, anything may be missing.
    return null;
  }
}

function readTimestamped(value: string, { timestamp, encoding }: TimestampedSignature): Claim | null {
  const { before = withDot, scheme = 'v1' } = timestamp;
  let at: string | undefined;
  const signatures: (Buffer | null)[] = [];
  for (const item of value.split(',')) {
    const equals = item.indexOf('=');
    const name = item.slice(0, equals);
    const text = item.slice(equals + 1);
    if (name === 't') at = text;
    // Others are of schemes to come, or of tests.
    else if (name === scheme) signatures.push(signatureBytes(text, encoding));
  }
  return isTimestamp(at) ? { before: before(at), signatures, timestamp: at } : null;
}

function withDot(timestamp: string): string {
  return `${timestamp}.`;
}

function partsOf(before: string, body: Buffer): readonly Buffer[] {
  return before === '' ? [body] : [Buffer.from(before), body];
}

function decodeSecret(where: string, secret: string, encoding: 'utf8' | 'hex' | 'base64'): Buffer {
  const form = { utf8: /^/, hex: /^(?:[0-9a-f]{2})+$/i, base64: /^[\w+/-]+={0,2}$/ }[encoding];
  if (!form.test(secret)) throw new Error(`${where} is not ${encoding}`);
  return checkKey(where, Buffer.from(secret, encoding));
}
