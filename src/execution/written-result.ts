import type { ExecutionResult, GraphQLError } from 'graphql';
import { HookcastError } from '../errors.ts';
import type { Limit } from '../limits.ts';
import { JsonText } from './json-text.ts';

/**
 * The placeholder of a JSON field while the rest is written. JSON.stringify never escapes a blank, and writes each backslash of
 * a text with another one before it, so no text that a sender controls can look like the placeholder.
 */
const PLACE = String.raw`"\u0020"`;
const IN_PLACE = (JSON as unknown as { rawJSON(text: string): object }).rawJSON(PLACE);

/** The characters of a member besides its name and value: quotes, a colon and a comma. */
const AROUND = 4;
const SCALAR = 6;
/** From this number of characters on, a text's bytes are counted exactly. */
const LONG = 256;

/** An answer to a query or mutation as it is sent, to one client or to all who asked for the same. */
export interface WrittenResult {
  readonly bytes: Buffer;
  /** If it is false, the operation was not executed to its end, and the errors say why. */
  readonly hasData: boolean;
  readonly errors: readonly GraphQLError[];
  /** The limit that stopped the operation; null if none did. */
  readonly limit: Limit | null;
}

/** Writes an answer. It changes the result, which can't be used afterwards. */
export function writeResult(result: ExecutionResult, limit: Limit | null = null): WrittenResult {
  const { data, errors = [] } = result;
  return { bytes: Buffer.from(written(result)), hasData: data !== undefined, errors, limit };
}

/** The answer as it is sent. The call changes the result, which can't be used afterwards. */
export function written(result: ExecutionResult): string {
  return writtenWithin(result, Infinity)!;
}

/** The same; null if the answer would have roughly more than `most` bytes. */
export function writtenWithin(result: ExecutionResult, most: number): string | null {
  const texts: string[] = [];
  if (sizeOf(result.data, most, texts) > most) return null;
  const text = JSON.stringify(result);
  if (texts.length === 0) return text;
  return text
    .split(PLACE)
    .map((part, index) => part + (texts[index] ?? ''))
    .join('');
}

/**
 * A value of a result as a client would parse it from the answer, for code in this process: an export would otherwise write and parse
 * the text of each page for nothing. It changes the value.
 */
export function asParsed(value: unknown): unknown {
  if (value instanceof JsonText) return value.toJSON();
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const name in members) members[name] = asParsed(members[name]);
  return members;
}

/** Whether an answer would have roughly more than `most` bytes. */
export function isLarger(result: ExecutionResult, most: number): boolean {
  return sizeOf(result.data, most, null) > most;
}

/** For a short text, every character counts as one byte. For a long text, its exact bytes as JSON with escapes count. */
function bytesOf(text: string): number {
  return text.length < LONG ? text.length : Buffer.byteLength(JSON.stringify(text));
}

/**
 * The size of a value. It stops counting once the size exceeds `most`.
 *
 * @param texts gets the texts of JSON fields in the order in which JSON.stringify reaches them; they are taken out of the
 *   value.
 */
function sizeOf(value: unknown, most: number, texts: string[] | null): number {
  if (typeof value === 'string') return bytesOf(value);
  if (typeof value !== 'object' || value === null) return SCALAR;
  let size = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      size += 1 + sizeOf(item, most - size, texts);
      if (size > most) return size;
    }
    return size;
  }
  const members = value as Record<string, unknown>;
  for (const name in members) {
    const member = members[name];
    size += name.length + AROUND;
    if (member instanceof JsonText) {
      size += Buffer.byteLength(member.text);
      texts?.push(member.text);
      if (texts) members[name] = IN_PLACE;
    } else size += sizeOf(member, most - size, texts);
    if (size > most) return size;
  }
  return size;
}

/** The error in place of an answer that is too large. Its message says what to do. */
export function answerTooLarge(most: number): HookcastError {
  return new HookcastError(
    'ANSWER_TOO_LARGE',
    `The answer would have more than ${most} bytes. Ask for shorter pages, fewer fields, or each field once.`,
  );
}

/** The same for one message of a subscription, which continues with the next message. */
export function messageTooLarge(most: number): HookcastError {
  return new HookcastError(
    'ANSWER_TOO_LARGE',
    `This message was left out, since it would have more than ${most} bytes. Subscribe with fewer fields, or with each field once.`,
  );
}
