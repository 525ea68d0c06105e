import { hash } from 'node:crypto';
import type { z } from 'zod';
import { HookcastError } from '../errors.ts';
import { type Survey, isRawNumber, parseExact, survey, withoutRawNumbers } from '../events/exact-json.ts';
import type { Issue } from '../events/quarantine.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The deepest nesting: deeper than any provider nests, and so shallow that no walk of a payload can exhaust the stack. */
const DEEPEST = 64;
/**
 * The names of secret members: security tokens of webhooks, links that let in anybody who holds them (a `postback` is such a
 * link), and means of payment: the bar code of a bank slip, the QR code of a transfer.
 */
const SECRET =
  /secret|token|hottok|password|api_?key|^href$|url$|link$|^postback$|^(?:boleto_)?bar_?code$|^(?:base64|br|pix|qr)_?code$/i;

const decoder = new TextDecoder('utf-8', { fatal: true });

export interface ParsedPayload {
  /** Integers that a double can't hold are texts of their digits here, since they are ids. */
  readonly payload: JsonObject;
  /** The payload as JSON text, without secrets, which may be kept. Every number in it is as it was sent. */
  readonly text: string;
}

/**
 * Parses the JSON object in verified bytes, and makes the text of it that may be kept.
 *
 * @throws {HookcastError} MALFORMED_DELIVERY for bytes that no provider's serializer writes: not UTF-8, not JSON, no object, or
 *   nested too deeply.
 */
export function parsePayload(bytes: Buffer): ParsedPayload {
  const text = decodeText(bytes);
  const found = survey(text);
  return keptOf(objectIn(text, found), { text, ...found });
}

/**
 * Parses the JSON object in verified bytes, with every number as it was sent: the argument of `keptOf`.
 *
 * @throws {HookcastError} MALFORMED_DELIVERY, as above.
 */
export function parseObject(bytes: Buffer): JsonObject {
  const text = decodeText(bytes);
  return objectIn(text, survey(text));
}

function objectIn(text: string, found: Survey): JsonObject {
  const value = parseSurveyed(text, found);
  if (value === undefined) throw malformed('The body is not JSON, or is nested too deeply.');
  if (!isObject(value)) throw malformed('The body is not a JSON object.');
  return value;
}

/**
 * A payload with the text of it that may be kept. The received text is kept if nothing must be removed from it and everything
 * in it was understood. It may hold more than was understood, such as the first of two members with one name, which nobody has
 * searched for a secret or a person. In this case, and if it has blanks between its values, the text is written again from the
 * parsed value.
 *
 * @param parsed what `parseObject` or `parseJson` made of a text.
 * @param came that text, if it is as it was received.
 */
export function keptOf(
  parsed: JsonObject,
  came?: Pick<Survey, 'members' | 'isCompact'> & { readonly text: string },
): ParsedPayload {
  const { secret, rawNumber, members } = findIn(parsed);
  const isWhole = came !== undefined && came.isCompact && came.members === members;
  return {
    payload: rawNumber ? (withoutRawNumbers(parsed) as JsonObject) : parsed,
    text: secret ? withoutSecrets(parsed) : isWhole ? came.text : JSON.stringify(parsed),
  };
}

/** @throws {HookcastError} MALFORMED_DELIVERY for bytes that are not UTF-8. */
export function decodeText(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

/** The value of a JSON text, or undefined. Numbers that a double can't hold have the form of `parseExact`. */
export function parseJson(text: string): unknown {
  return parseSurveyed(text, survey(text));
}

function parseSurveyed(text: string, found: Survey): unknown {
  if (found.deepest > DEEPEST) return undefined;
  try {
    return parseExact(text, found);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}

/** The payload as JSON text without secret members. */
export function withoutSecrets(payload: object): string {
  return JSON.stringify(payload, function (this: object, name, value: unknown) {
    return isSecret(this, name) ? undefined : value;
  });
}

/** The same for a value made from a payload: the value itself, or a copy if something must be removed. */
export function withoutSecretMembers<T extends object>(value: T): T {
  return findIn(value).secret ? (JSON.parse(withoutSecrets(value)) as T) : value;
}

/** Whether a value has a secret member, judging by names. */
export function holdsSecret(value: object): boolean {
  return findIn(value).secret;
}

/** Whether the name alone marks a secret member. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

export function sha256Hex(data: Buffer | string): string {
  return hash('sha256', data, 'hex');
}

/** How many issues are reported. If nothing of a payload fits, the first ones are enough. */
const MOST_ISSUES = 20;
/** A name that a programmer gives to a member. Other names may be personal data, in maps by person, address or phone number. */
const NAME = /^[A-Za-z_$][\w$-]{0,63}$/;

/** The places where a payload does not fit, without the values, which may be personal. */
export function issuesOf(error: z.ZodError, under: readonly string[] = []): Issue[] {
  const issues = error.issues.slice(0, MOST_ISSUES).map((issue) => ({
    path: [...under, ...issue.path.map(nameOf)].join('.'),
    message: issue.code === 'unrecognized_keys' ? 'has members that are not expected' : issue.message,
  }));
  const others = error.issues.length - issues.length;
  return others > 0 ? [...issues, { path: '', message: `and ${others} more` }] : issues;
}

function nameOf(part: PropertyKey): string {
  if (typeof part === 'number') return String(part);
  return typeof part === 'string' && NAME.test(part) ? part : '*';
}

export function malformed(message: string): HookcastError {
  return new HookcastError('MALFORMED_DELIVERY', message);
}

/** What a value contains that must be changed before it is kept. */
interface Found {
  secret: boolean;
  rawNumber: boolean;
  /** The number of members of all objects. */
  members: number;
}

/** One walk finds everything, since every delivery pays for it. */
function findIn(value: object, found: Found = { secret: false, rawNumber: false, members: 0 }): Found {
  if (Array.isArray(value)) {
    for (const member of value) if (isNested(member)) findInside(member, found);
    return found;
  }
  for (const name in value) {
    found.members += 1;
    if (!found.secret && isSecret(value, name)) found.secret = true;
    const member = (value as JsonObject)[name];
    if (isNested(member)) findInside(member, found);
  }
  return found;
}

function findInside(member: object, found: Found): void {
  if (isRawNumber(member)) found.rawNumber = true;
  else findIn(member, found);
}

/**
 * Whether a member is secret by its name. The name may be in another member: Eduzz documents its own fields as a list of `{key,
 * value}`.
 */
function isSecret(holder: object, name: string): boolean {
  if (name !== 'value') return SECRET.test(name);
  const { key } = holder as { readonly key?: unknown };
  return typeof key === 'string' && SECRET.test(key);
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
