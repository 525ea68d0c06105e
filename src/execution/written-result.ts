import type { ExecutionResult, GraphQLError } from 'graphql';
import { HookcastError } from '../errors.ts';
import type { Limit } from '../limits.ts';
import { JsonText } from './json-text.ts';

/**
 * Stands for a JSON field while the rest is written. JSON.stringify never writes a blank as an escape, and every backslash of a
 * text with another one before it: so nothing that anybody sends can look like this.
 */
const PLACE = String.raw`"\u0020"`;
const IN_PLACE = (JSON as unknown as { rawJSON(text: string): object }).rawJSON(PLACE);

/** What a member takes besides its name and value: quotes, a colon and a comma. */
const AROUND = 4;
const SCALAR = 6;
/** Characters of a text that is worth counting. */
const LONG = 256;

/** An answer to a query or mutation as it is sent, to one client or to all who asked the same. */
export interface WrittenResult {
  readonly bytes: Buffer;
  /** Without data, nothing was executed to its end, and the errors say why. */
  readonly hasData: boolean;
  readonly errors: readonly GraphQLError[];
  /** What it was given up for. */
  readonly limit: Limit | null;
}

/** Takes the result apart: it can not be used afterwards. */
export function writeResult(result: ExecutionResult, limit: Limit | null = null): WrittenResult {
  const { data, errors = [] } = result;
  return { bytes: Buffer.from(written(result)), hasData: data !== undefined, errors, limit };
}

/** The answer as it is sent. It takes the result apart, which can not be used afterwards. */
export function written(result: ExecutionResult): string {
  return writtenWithin(result, Infinity)!;
}

/** The same; null when it would have more bytes than it may, about. */
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

/** Whether an answer would have more bytes than it may, about. */
export function isLarger(result: ExecutionResult, most: number): boolean {
  return sizeOf(result.data, most, null) > most;
}

/** Of a short text every character counts as one byte; of a long one what it takes as JSON, with its escapes. */
function bytesOf(text: string): number {
  return text.length < LONG ? text.length : Buffer.byteLength(JSON.stringify(text));
}

/**
 * The size of a value, until it is too much.
 *
 * @param texts given the JSON fields in the order in which JSON.stringify comes to them, which are taken out of the value.
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

/** That an answer would have been larger than it may be. What is in its place says what to do. */
export function answerTooLarge(most: number): HookcastError {
  return new HookcastError(
    'ANSWER_TOO_LARGE',
    `The answer would have more than ${most} bytes. Ask for shorter pages, fewer fields, or each field once.`,
  );
}

/** The same of one message of a subscription, which goes on with the next. */
export function messageTooLarge(most: number): HookcastError {
  return new HookcastError(
    'ANSWER_TOO_LARGE',
    `This message was left out, since it would have more than ${most} bytes. Subscribe with fewer fields, or with each field once.`,
  );
}
