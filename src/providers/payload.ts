import { hash } from 'node:crypto';
import type { z } from 'zod';
import { HookcastError } from '../errors.ts';
import { type Survey, isRawNumber, parseExact, survey, withoutRawNumbers } from '../events/exact-json.ts';
import type { Issue } from '../events/quarantine.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any provider nests, and shallow enough that nothing that walks a payload can exhaust the stack. */
const DEEPEST = 64;
/**
 * Members that open something: security tokens of webhooks, links that let in anybody who holds them (a `postback` is one by
 * another name), and what its holder may pay with or cash: the bar code of a bank slip, the QR code of a transfer.
 */
const SECRET =
  /secret|token|hottok|password|api_?key|^href$|url$|link$|^postback$|^(?:boleto_)?bar_?code$|^(?:base64|br|pix|qr)_?code$/i;

const decoder = new TextDecoder('utf-8', { fatal: true });

export interface ParsedPayload {
  /** Integers that a double can't hold are their digits here: they are ids. */
  readonly payload: JsonObject;
  /** The payload as JSON text, without secrets: what may be kept. Every number in it is as it was sent. */
  readonly text: string;
}

/**
 * The JSON object in verified bytes, and the text of it that may be kept.
 *
 * @throws {HookcastError} MALFORMED_DELIVERY for what no provider's serialiser writes: bytes that are not UTF-8, text
 *   that is not JSON, JSON that is no object, nesting beyond all reason.
 */
export function parsePayload(bytes: Buffer): ParsedPayload {
  const text = decodeText(bytes);
  const found = survey(text);
  return keptOf(objectIn(text, found), { text, ...found });
}

/**
 * The JSON object in verified bytes, with every number as it was sent: what `keptOf` makes a payload of.
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
 * A payload with the text of it that may be kept. The text that came is, where nothing has to be taken out of it and all that it
 * says was understood. It may hold more, such as the first of two members of one name, where nobody looked for a secret or a
 * person. Then, and where it has blanks between its values, the text is written anew from what was understood.
 *
 * @param parsed what `parseObject` or `parseJson` made of a text.
 * @param came that text, where it came as it is.
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

/** The value of a JSON text, or undefined. Numbers that a double can't hold are in it as `parseExact` has them. */
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

/** The payload as JSON text, with everything taken out that opens something. */
export function withoutSecrets(payload: object): string {
  return JSON.stringify(payload, function (this: object, name, value: unknown) {
    return isSecret(this, name) ? undefined : value;
  });
}

/** The same of what is made of a payload: itself, or a copy if something has to be taken out. */
export function withoutSecretMembers<T extends object>(value: T): T {
  return findIn(value).secret ? (JSON.parse(withoutSecrets(value)) as T) : value;
}

/** Whether something in a value opens something, by its name. */
export function holdsSecret(value: object): boolean {
  return findIn(value).secret;
}

/** Whether a name alone says so. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

export function sha256Hex(data: Buffer | string): string {
  return hash('sha256', data, 'hex');
}

/** If nothing of a payload fits, the first issues say enough. */
const MOST_ISSUES = 20;
/** What a programmer calls a member. Other names may be somebody's: of maps by person, address or phone number. */
const NAME = /^[A-Za-z_$][\w$-]{0,63}$/;

/** Where a payload does not fit, without what stood there: a value may be a person's. */
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

/** What is in a value that can't be handed on as it is. */
interface Found {
  secret: boolean;
  rawNumber: boolean;
  /** Members of all objects, which are counted to the end. */
  members: number;
}

/** In one walk for all of it, since every delivery pays for it. */
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

/** By its name, also where that is said beside the value: Eduzz documents its own fields as a list of `{key, value}`. */
function isSecret(holder: object, name: string): boolean {
  if (name !== 'value') return SECRET.test(name);
  const { key } = holder as { readonly key?: unknown };
  return typeof key === 'string' && SECRET.test(key);
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
