import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { Issue } from '../events/quarantine.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any provider nests, and shallow enough that nothing that walks a payload can exhaust the stack. */
const DEEPEST = 64;
/**
 * Members that open something: security tokens of webhooks, links that let whoever holds them in (a `postback` is one by
 * another name), and what whoever holds it may pay with or cash: the bar code of a bank slip, the QR code of a transfer.
 */
const SECRET = /secret|token|password|api_?key|^href$|url$|link$|^postback$|^bar_?code$|^qr_?code$|^base64_?code$/i;

/** What a double can always hold. */
const SAFE_DIGITS = 15;

const decoder = new TextDecoder('utf-8', { fatal: true });

export interface Payload {
  readonly payload: JsonObject;
  /** The payload as JSON text, without secrets: what may be kept. */
  readonly text: string;
}

/**
 * The JSON object in verified bytes, and the text of it that may be kept.
 *
 * @throws {HookcastError} MALFORMED_DELIVERY for what no provider's serialiser writes: bytes that are not UTF-8, text
 *   that is not JSON, JSON that is no object, nesting beyond all reason.
 */
export function parsePayload(bytes: Buffer): Payload {
  const text = decodeText(bytes);
  const value = parseJson(text);
  if (value === undefined) throw malformed('The body is not JSON, or is nested too deeply.');
  if (!isObject(value)) throw malformed('The body is not a JSON object.');
  return keptOf(value);
}

/**
 * A payload with the text of it that may be kept: written anew from what was understood of it. The text that came may hold
 * more, such as the first of two members of one name, where nobody looked for a secret or a person.
 */
export function keptOf(payload: JsonObject): Payload {
  return { payload, text: holdsSecret(payload) ? withoutSecrets(payload) : JSON.stringify(payload) };
}

/** @throws {HookcastError} MALFORMED_DELIVERY for bytes that are not UTF-8. */
export function decodeText(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

/** The value of a JSON text, or undefined. Integers that a double can't hold come as their digits: they are ids. */
export function parseJson(text: string): unknown {
  const { deepest, longestNumber } = survey(text);
  if (deepest > DEEPEST) return undefined;
  try {
    return longestNumber > SAFE_DIGITS ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The payload as JSON text, with everything taken out that opens something. */
export function withoutSecrets(payload: object): string {
  return JSON.stringify(payload, function (this: object, name, value: unknown) {
    return isSecret(this, name) ? undefined : value;
  });
}

/** The same of what is made of a payload: itself, or a copy if something has to be taken out. */
export function withoutSecretMembers<T extends object>(value: T): T {
  return holdsSecret(value) ? (JSON.parse(withoutSecrets(value)) as T) : value;
}

export function sha256Hex(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Of a payload of which nothing fits, the first say enough. */
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

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !source) return value;
  return /^-?\d+$/.test(source) ? source : value;
}

function holdsSecret(value: object): boolean {
  if (Array.isArray(value)) return value.some((member) => isNested(member) && holdsSecret(member));
  for (const name in value) {
    if (isSecret(value, name)) return true;
    const member = (value as JsonObject)[name];
    if (isNested(member) && holdsSecret(member)) return true;
  }
  return false;
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

/** How deeply a JSON text nests, and how many digits its longest run outside of strings has: looked at before parsing. */
function survey(text: string): { deepest: number; longestNumber: number } {
  let depth = 0;
  let deepest = 0;
  let digits = 0;
  let longestNumber = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) {
      // To the end of the string: the next quote that no odd number of backslashes stands before.
      do {
        index = text.indexOf('"', index + 1);
        if (index === -1) return { deepest, longestNumber };
      } while (isEscaped(text, index));
      digits = 0;
    } else if (code >= 0x30 && code <= 0x39) {
      digits += 1;
      if (digits > longestNumber) longestNumber = digits;
    } else {
      digits = 0;
      if (code === 0x7b || code === 0x5b) {
        depth += 1;
        if (depth > deepest) deepest = depth;
      } else if (code === 0x7d || code === 0x5d) depth -= 1;
    }
  }
  return { deepest, longestNumber };
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}
