import { HookcastError } from '../../errors.ts';
import { type BodyFormat, jsonBody } from '../body.ts';
import { type Delivery, deliveryOf } from '../delivery.ts';
import { type SignatureEncoding, signatureBytes } from '../hmac.ts';
import type { Outgoing, SignedDelivery } from '../sample.ts';
import type { Verifier } from '../verifier.ts';
import { missingPart } from './missing.ts';
import { type Signing, type Template, type Value, body, compile, header, signsUrl, time } from './template.ts';
import { type TimeUnit, type Tolerance, checkMoment, momentOf, writeMoment } from './timestamp.ts';
import { verifiedBody } from './verified.ts';

/** The place of a signature, its encoding, and what it covers. */
export interface SignatureOptions {
  /** The header with the signature. If there are several names, the first header that is present counts. */
  readonly header?: string | readonly string[];
  /** Another place of the signature: `query('signature')`. */
  readonly from?: Value;
  readonly encoding: SignatureEncoding;
  /** The text before each signature, such as `sha256=`. */
  readonly prefix?: string;
  /** The separator between several signatures, or between the time and them. Blanks after it are ignored. */
  readonly separator?: ',' | ';' | ' ';
  /** The signed text. The default is the body; or if the time is in the same header, the time, a dot and the body. */
  readonly signed?: Template;
  /** The time of signing, if the sender says it. */
  readonly timestamp?: SignedTime;
  /** The default is JSON. */
  readonly body?: BodyFormat;
}

export interface SignedTime extends Tolerance {
  /** The place of the time. If it is left out, the time is beside the signatures: `t=1700000000,v1=5257…,v1=6ffb…`. */
  readonly from?: Value;
  /** The unit of the time. The default is seconds. */
  readonly unit?: TimeUnit;
  /** The time's name beside the signatures. The default is `t`. */
  readonly name?: string;
  /** The names of the signatures that count. The default is `v1`. */
  readonly scheme?: string | readonly string[];
}

/** How signatures of one kind are made and checked. */
export interface Scheme {
  /**
   * Whether one of the signatures is right. All of them are checked to the end, so that the time reveals nothing.
   *
   * @param signed the signed bytes; for a digest, with this secret in them.
   */
  readonly isSigned: (
    signed: (secret: string | null) => readonly Buffer[],
    signatures: readonly (Buffer | null)[],
  ) => boolean | Promise<boolean>;
  /** Null if only the sender can sign. */
  readonly sign: ((signed: (secret: string | null) => readonly Buffer[]) => Buffer) | null;
  readonly key?: Verifier['key'];
}

/** A delivery's claim that it was signed with one of these signatures at this time. */
interface Claim {
  readonly signatures: readonly (Buffer | null)[];
  readonly timestamp: string | null;
}

/**
 * Deliveries that carry a signature of one scheme.
 *
 * @throws {Error} for options that contradict each other.
 */
export function signatureVerifier(where: string, options: SignatureOptions, scheme: Scheme): Verifier {
  const { timestamp, body: format = jsonBody } = options;
  const places = placesOf(where, options);
  const [place] = places as readonly [Value, ...Value[]];
  const isBeside = timestamp !== undefined && timestamp.from === undefined;
  const signed = options.signed ?? (isBeside ? [time, '.', body] : [body]);
  const bytesOf = compile(signed);
  const readClaim = isBeside ? besideReader(options, timestamp) : plainReader(options);
  const unit = timestamp?.unit ?? 's';

  const hint = signsUrl(signed) ? ' The URL is signed as well: PUBLIC_URL must be what the sender calls.' : '';
  const refuse = () =>
    new HookcastError(
      'SIGNATURE_INVALID',
      `${lowered(place.what)} does not sign this delivery under any secret of this source.${hint}`,
    );
  const finish = (isRight: boolean, at: number | null, delivery: Delivery) => {
    if (!isRight) throw refuse();
    if (at !== null) checkMoment(at, timestamp!, delivery.receivedAt);
    return verifiedBody(format.read(delivery.body), delivery.body);
  };
  return {
    ...(scheme.key && { key: scheme.key }),
    ...((signsUrl(signed) || places.some(({ needsUrl }) => needsUrl)) && { needsUrl: true }),
    verify(delivery) {
      const claim = readClaim(textIn(places, delivery));
      const at = timestamp?.from ? readTime(timestamp.from, delivery) : claim.timestamp;
      const moment = at === null ? null : momentOf(at, unit);
      if (timestamp && moment === null) throw refuse();
      const isRight = scheme.isSigned((secret) => bytesOf({ delivery, timestamp: at, secret }), claim.signatures);
      return isRight instanceof Promise
        ? isRight.then((right) => finish(right, moment, delivery))
        : finish(isRight, moment, delivery);
    },
    sign:
      scheme.sign &&
      ((payload, at, to) => {
        const outgoing = prepare(format, payload, at, to);
        const stamp = timestamp ? writeMoment(at, unit) : null;
        if (timestamp?.from) timestamp.from.put?.(stamp!, outgoing);
        const delivery = outgoing.delivery();
        const signature = scheme.sign!((secret) => bytesOf({ delivery, timestamp: stamp, secret })).toString(
          options.encoding,
        );
        place.put!(
          isBeside ? beside(stamp!, signature, options, timestamp) : (options.prefix ?? '') + signature,
          outgoing,
        );
        return outgoing.signed();
      }),
  };
}

function placesOf(where: string, { header: names, from, prefix, timestamp }: SignatureOptions): readonly Value[] {
  const headers = names === undefined ? [] : typeof names === 'string' ? [names] : names;
  const places = [...headers.map(header), ...(from ? [from] : [])];
  if (places.length === 0) throw new Error(`${where}: say where the signature is: give header or from`);
  if (prefix !== undefined && timestamp && !timestamp.from) {
    throw new Error(`${where}: beside a time in the same header, a signature has a scheme and no prefix`);
  }
  return places;
}

function textIn(places: readonly Value[], delivery: Delivery): string {
  const signing: Signing = { delivery, timestamp: null, secret: null };
  for (const place of places) {
    const text = place.read(signing);
    if (text !== undefined) return String(text);
  }
  throw missingPart(places[0]!.what);
}

function readTime(from: Value, delivery: Delivery): string {
  const text = from.read({ delivery, timestamp: null, secret: null });
  if (text === undefined) throw missingPart(from.what);
  return String(text);
}

/** Reads a text that is one signature or a list. */
function plainReader({ prefix = '', separator, encoding }: SignatureOptions): (text: string) => Claim {
  const bytesOf = (text: string) =>
    text.startsWith(prefix) ? signatureBytes(text.slice(prefix.length), encoding) : null;
  if (separator === undefined) return (text) => ({ signatures: [bytesOf(text)], timestamp: null });
  return (text) => ({ signatures: text.split(separator).map((item) => bytesOf(item.trim())), timestamp: null });
}

/** Reads a text like `t=1700000000,v1=5257…,v1=6ffb…`. */
function besideReader(
  { separator, encoding }: SignatureOptions,
  { name: timeName = 't', scheme = 'v1' }: SignedTime,
): (text: string) => Claim {
  const schemes: readonly string[] = typeof scheme === 'string' ? [scheme] : scheme;
  return (text) => {
    let timestamp: string | null = null;
    const signatures: (Buffer | null)[] = [];
    for (const item of text.split(separator ?? ',')) {
      const equals = item.indexOf('=');
      // Only where its definition says what stands between: the libraries of Stripe and the like take no blank there.
      const name = separator === undefined ? item.slice(0, equals) : item.slice(0, equals).trimStart();
      const value = item.slice(equals + 1);
      if (name === timeName) timestamp = value;
      // Other names are of future schemes, or of tests.
      else if (schemes.includes(name)) signatures.push(signatureBytes(value, encoding));
    }
    return { signatures, timestamp };
  };
}

function beside(
  stamp: string,
  signature: string,
  { separator = ',' }: SignatureOptions,
  { name = 't', scheme = 'v1' }: SignedTime,
): string {
  return `${name}=${stamp}${separator}${typeof scheme === 'string' ? scheme : scheme[0]}=${signature}`;
}

/** A delivery as its sender makes it, before it is signed. */
function prepare(format: BodyFormat, payload: Record<string, unknown>, at: Date, to: Outgoing | undefined) {
  const text = format.write(payload);
  const { origin, target } = addressOf(to?.url ?? 'https://hookcast.example/');
  const headers: Record<string, string> = { 'content-type': format.contentType, ...to?.headers };
  const parameters: Record<string, string> = {};
  const delivery = () =>
    deliveryOf({ headers, body: Buffer.from(text), receivedAt: at.getTime(), publicUrl: origin, target });
  const signed = (): SignedDelivery => {
    const query = new URLSearchParams(parameters).toString();
    return { headers, body: text, ...(query !== '' && { query }) };
  };
  return { headers, parameters, delivery, signed };
}

function addressOf(url: string): { readonly origin: string; readonly target: string } {
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  return slash === -1 ? { origin: url, target: '/' } : { origin: url.slice(0, slash), target: url.slice(slash) };
}

/** Only the header's name, as these messages have always had it. */
function lowered(what: string): string {
  return what.replace(/^The header /, '');
}
