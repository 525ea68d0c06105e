import { HookcastError } from '../../errors.ts';
import { type BodyFormat, jsonBody } from '../body.ts';
import type { Delivery } from '../delivery.ts';
import { type JsonObject, isObject, keptOf, parseJson } from '../payload.ts';
import type { Verifier } from '../verifier.ts';
import { missingPart } from './missing.ts';
import { isAmong } from './same.ts';
import { type Secrets, checkSecrets } from './secrets.ts';
import { verifiedBody } from './verified.ts';

/**
 * The common options: each delivery carries a secret that only the sender and this source know, and signs nothing with it.
 * Anybody who reads one delivery can make others, so use these only behind HTTPS.
 */
interface Common {
  readonly tokens: Secrets;
  readonly body?: BodyFormat;
}

interface Carrier {
  readonly where: string;
  /** The place of the token, in messages: `The header authorization`. */
  readonly what: string;
  /** Undefined if it is missing. */
  readonly read: (delivery: Delivery) => string | undefined;
  readonly headers?: (token: string) => Readonly<Record<string, string>>;
  readonly query?: (token: string) => string;
}

function carried({ tokens: given, body: format = jsonBody }: Common, carrier: Carrier): Verifier {
  const { where, what, read } = carrier;
  const tokens = checkSecrets(where, given, { member: 'tokens' });
  const isOurs = isAmong(tokens);
  return {
    verify(delivery) {
      const token = read(delivery);
      if (token === undefined) throw missingPart(what);
      if (!isOurs(token)) throw invalid(`${what} holds no token of this source.`);
      return verifiedBody(format.read(delivery.body), delivery.body);
    },
    sign: (payload) => ({
      body: format.write(payload),
      headers: { 'content-type': format.contentType, ...carrier.headers?.(tokens[0]) },
      ...(carrier.query && { query: carrier.query(tokens[0]) }),
    }),
  };
}

/**
 * HTTP's Basic authentication (Chargebee, Pagar.me). Each token is `name:password`.
 *
 * @throws {Error} for tokens that are missing, empty or too short.
 */
export function basic(options: Common): Verifier {
  return carried(options, {
    where: 'basic',
    what: 'The header authorization',
    read: ({ headers }) => {
      const [, encoded] = /^basic +([\w+/=-]+)$/i.exec(headers['authorization']?.toString() ?? '') ?? [];
      return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
    },
    headers: (token) => ({ authorization: `Basic ${Buffer.from(token).toString('base64')}` }),
  });
}

/** `Authorization: Bearer …`. @throws {Error} for tokens that are missing, empty or too short. */
export function bearer(options: Common): Verifier {
  return carried(options, {
    where: 'bearer',
    what: 'The header authorization',
    read: ({ headers }) => /^bearer +(\S+)$/i.exec(headers['authorization']?.toString() ?? '')?.[1],
    headers: (token) => ({ authorization: `Bearer ${token}` }),
  });
}

/**
 * A token in the URL (AbacatePay). The gateway logs no query, but a proxy before it may log whole URLs.
 *
 * @throws {Error} for tokens that are missing, empty or too short.
 */
export function queryToken({ param, ...options }: Common & { readonly param: string }): Verifier {
  return carried(options, {
    where: `queryToken (${param})`,
    what: `The parameter ${param} of the URL`,
    read: ({ parameters }) => parameters.get(param) ?? undefined,
    query: (token) => new URLSearchParams({ [param]: token }).toString(),
  });
}

/**
 * A token in the body (Guru, Kiwify's older ones). It is removed before anything else sees the payload.
 *
 * @param options.at the path of the token: `['api_token']`.
 * @throws {Error} for tokens that are missing, empty or too short.
 */
export function bodyToken({
  at,
  tokens: given,
  body: format = jsonBody,
}: Common & { readonly at: readonly [string, ...string[]] }): Verifier {
  const where = `bodyToken (${at.join('.')})`;
  const tokens = checkSecrets(where, given, { member: 'tokens' });
  const isOurs = isAmong(tokens);
  const what = `The member ${at.join('.')} of the body`;
  return {
    verify({ body }) {
      const { payload, text } = format.read(body);
      const token = at.reduce<unknown>((inside, name) => (isObject(inside) ? inside[name] : undefined), payload);
      if (typeof token !== 'string') throw missingPart(what);
      if (!isOurs(token)) throw invalid(`${what} is not a token of this source.`);
      // It is made from the text, which has numbers as they were sent. The text may no longer have the token, since secrets are
      // removed by name.
      const kept = keptOf(without(parseJson(text) as JsonObject, at));
      return verifiedBody({ payload: without(payload, at), text: kept.text }, Buffer.from(kept.text));
    },
    sign: (payload) => ({
      body: format.write(withMember(payload, at, tokens[0])),
      headers: { 'content-type': format.contentType },
    }),
  };
}

function without(holder: JsonObject, [name, ...inside]: readonly string[]): JsonObject {
  const { [name!]: member, ...others } = holder;
  if (inside.length === 0 || !isObject(member)) return inside.length === 0 ? others : holder;
  return { ...holder, [name!]: without(member, inside) };
}

export function withMember(holder: JsonObject, [name, ...inside]: readonly string[], value: unknown): JsonObject {
  const member = isObject(holder[name!]) ? (holder[name!] as JsonObject) : {};
  return { ...holder, [name!]: inside.length === 0 ? value : withMember(member, inside, value) };
}

function invalid(message: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', message);
}
