import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { Issue } from '../events/quarantine.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any provider nests, and shallow enough that nothing that walks a payload can exhaust the stack. */
const DEEPEST = 64;
/** Members that open something: security tokens of webhooks, and links that let whoever holds them in. */
const SECRET = /secret|token|password|api_?key|^href$|url$|link$/i;

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
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
  const { value, holdsLongNumber } = parse(text);
  if (value === undefined) throw malformed('The body is not JSON, or is nested too deeply.');
  if (!isObject(value)) throw malformed('The body is not a JSON object.');
  // The text that came is as good as one written anew, unless something is left out of it, or it has a number that
  // whoever reads it later would round.
  return { payload: value, text: holdsLongNumber || holdsSecret(value) ? withoutSecrets(value) : text };
}

/** The value of a JSON text, or undefined. Integers that a double can't hold come as their digits: they are ids. */
export function parseJson(text: string): unknown {
  return parse(text).value;
}

function parse(text: string): { value: unknown; holdsLongNumber: boolean } {
  const { deepest, longestNumber } = survey(text);
  const holdsLongNumber = longestNumber > SAFE_DIGITS;
  if (deepest > DEEPEST) return { value: undefined, holdsLongNumber };
  try {
    return { value: holdsLongNumber ? JSON.parse(text, keepDigits) : JSON.parse(text), holdsLongNumber };
  } catch {
    return { value: undefined, holdsLongNumber };
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The payload as JSON text, with everything taken out that opens something. */
export function withoutSecrets(payload: JsonObject): string {
  return JSON.stringify(payload, (key, value: unknown) => (SECRET.test(key) ? undefined : value));
}

export function sha256Hex(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Where a payload does not fit, without what stood there: a value may be a person's. */
export function issuesOf(error: z.ZodError, under: readonly string[] = []): Issue[] {
  return error.issues.map((issue) => ({ path: [...under, ...issue.path].join('.'), message: issue.message }));
}

function malformed(message: string): HookcastError {
  return new HookcastError('MALFORMED_DELIVERY', message);
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !source) return value;
  return /^-?\d+$/.test(source) ? source : value;
}

function holdsSecret(value: object): boolean {
  if (Array.isArray(value)) return value.some((member) => isNested(member) && holdsSecret(member));
  for (const key in value) {
    if (SECRET.test(key)) return true;
    const member = (value as JsonObject)[key];
    if (isNested(member) && holdsSecret(member)) return true;
  }
  return false;
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
