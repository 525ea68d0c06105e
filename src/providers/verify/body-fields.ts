import { HookcastError } from '../../errors.ts';
import { type BodyFormat, jsonBody } from '../body.ts';
import {
  type HmacAlgorithm,
  type HmacKey,
  type SignatureEncoding,
  hmacOf,
  isSigned,
  keyOf,
  signatureBytes,
} from '../hmac.ts';
import { type JsonObject, isObject } from '../payload.ts';
import type { Verifier } from '../verifier.ts';
import { missingPart } from './missing.ts';
import { type Secrets, checkKey, checkSecrets } from './secrets.ts';
import { type TimeUnit, type Tolerance, checkMoment, momentOf } from './timestamp.ts';
import { withMember } from './tokens.ts';
import { verifiedBody } from './verified.ts';

type Path = readonly string[];

export interface BodyFieldsOptions {
  readonly secrets: Secrets;
  /** How the secrets are written. The default is text; set it if the provider says that secrets must be decoded. */
  readonly secretEncoding?: 'utf8' | 'hex' | 'base64';
  readonly algorithm?: HmacAlgorithm;
  /** The path of the signature: `['additionalData', 'hmacSignature']`. */
  readonly at: Path;
  readonly encoding: SignatureEncoding;
  /** The signed fields, in the sender's order. A missing field or null is signed as an empty text. Nothing else is signed. */
  readonly fields: readonly Path[];
  /** The text between the fields. The default is empty. */
  readonly join?: string;
  /** How the sender escapes each field before it joins them. */
  readonly escape?: (text: string) => string;
  /** The objects of a payload that are signed separately. All of them must be signed. The default is the payload itself. */
  readonly items?: (payload: JsonObject) => readonly unknown[];
  /** The field with the time of signing, which must be one of the signed fields. */
  readonly timestamp?: Tolerance & { readonly at: Path; readonly unit?: TimeUnit };
  readonly body?: BodyFormat;
}

/** How many objects of one payload are checked: each costs a hash. */
const MOST_ITEMS = 1_000;

/**
 * Deliveries with a signature in the body, over some of its fields (Adyen, Mailgun, Dropbox Sign). Anybody who reads a delivery
 * can change all other fields, so use this only behind HTTPS.
 *
 * @throws {Error} for secrets that are missing, empty or too short, and if there are no fields.
 */
export function bodyFields(options: BodyFieldsOptions): Verifier {
  const { secretEncoding = 'utf8', algorithm = 'sha256', at, encoding, fields, timestamp } = options;
  const { join = '', escape = (text) => text, items = (payload) => [payload], body: format = jsonBody } = options;
  const where = `bodyFields (${at.join('.')})`;
  if (fields.length === 0) throw new Error(`${where}: name the signed fields`);
  if (timestamp && !fields.some((path) => path.join('.') === timestamp.at.join('.'))) {
    throw new Error(`${where}: the time must be one of the signed fields`);
  }
  const decoded = secretEncoding === 'utf8' ? {} : { least: 0 };
  const keys = checkSecrets(where, options.secrets, decoded).map((text, index) =>
    keyOf(checkKey(`${where}: secrets[${index}]`, Buffer.from(text, secretEncoding)), algorithm),
  );
  const signedOf = (item: unknown) => [Buffer.from(fields.map((path) => escape(textAt(item, path) ?? '')).join(join))];
  return {
    key: keys[0] as HmacKey,
    verify({ body, receivedAt }) {
      const { payload, text } = format.read(body);
      const signed = items(payload);
      if (!Array.isArray(signed) || signed.length === 0 || signed.length > MOST_ITEMS) {
        throw invalid('The body has none of the signed fields.');
      }
      for (const item of signed) {
        const given = textAt(item, at);
        if (given === undefined) throw missingPart(`The member ${at.join('.')} of the body`);
        if (!isSigned(keys, signedOf(item), [signatureBytes(given, encoding)])) {
          throw invalid(`${at.join('.')} does not sign these fields under any secret of this source.`);
        }
        if (timestamp) checkMoment(timeOf(item, timestamp), timestamp, receivedAt);
      }
      return verifiedBody({ payload, text }, body);
    },
    // Samples have one object. Only the sender can sign a payload with several.
    sign: options.items
      ? null
      : (payload) => {
          const signature = hmacOf(keys[0]!, ...signedOf(payload)).toString(encoding);
          return {
            body: format.write(withMember(payload, at, signature)),
            headers: { 'content-type': format.contentType },
          };
        },
  };
}

function timeOf(item: unknown, { at, unit = 's' }: { readonly at: Path; readonly unit?: TimeUnit }): number {
  const moment = momentOf(textAt(item, at) ?? '', unit);
  if (moment === null) throw invalid(`${at.join('.')} is not a time.`);
  return moment;
}

function textAt(holder: unknown, path: Path): string | undefined {
  const value = path.reduce<unknown>(
    (inside, name) => (isObject(inside) && Object.hasOwn(inside, name) ? inside[name] : undefined),
    holder,
  );
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isScalar ? String(value) : undefined;
}

function invalid(message: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', message);
}
