import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { Issue } from '../events/quarantine.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any provider nests, and shallow enough that nothing that walks a payload can exhaust the stack. */
const DEEPEST = 64;
/** Members that open something: security tokens of webhooks, and links that let whoever holds them in. */
const SECRET = /secret|token|password|api_?key|^href$|url$|link$/i;
/** Whether a text could hold such a member. An escaped key could hide its name, so escapes are looked into as well. */
const MAYBE_SECRET = /secret|token|password|api_?key|href"|url"|link"|\\u/i;
const LONG_NUMBER = /\d{16}/;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON object in verified bytes.
 *
 * @throws {HookcastError} MALFORMED_DELIVERY for what no provider's serialiser writes: bytes that are not UTF-8, text
 *   that is not JSON, JSON that is no object, nesting beyond all reason.
 */
export function parsePayload(bytes: Buffer): JsonObject {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
  const value = parseJson(text);
  if (value === undefined) throw malformed('The body is not JSON, or is nested too deeply.');
  if (!isObject(value)) throw malformed('The body is not a JSON object.');
  return value;
}

/** The value of a JSON text, or undefined. Integers that a double can't hold come as their digits: they are ids. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The payload as JSON text, with everything taken out that opens something. */
export function withoutSecrets(payload: JsonObject): string {
  const text = JSON.stringify(payload);
  if (!MAYBE_SECRET.test(text)) return text;
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

function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
