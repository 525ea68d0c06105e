import type { ExecutionResult } from 'graphql';
import { HookcastError } from '../errors.ts';
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

/** An answer as it is sent. The result is of no use afterwards. */
export function written(result: ExecutionResult): string {
  const texts: string[] = [];
  if (result.data) takeOut(result.data, texts);
  const text = JSON.stringify(result);
  if (texts.length === 0) return text;
  return text
    .split(PLACE)
    .map((part, index) => part + (texts[index] ?? ''))
    .join('');
}

/** Takes the JSON fields out of an object or a list, in the order in which JSON.stringify comes to them. */
function takeOut(value: object, texts: string[]): void {
  if (Array.isArray(value)) {
    // A list of JSON values is one field, and has one text.
    for (const item of value) if (typeof item === 'object' && item !== null) takeOut(item as object, texts);
    return;
  }
  const members = value as Record<string, unknown>;
  for (const name in members) {
    const member = members[name];
    if (member instanceof JsonText) {
      texts.push(member.text);
      members[name] = IN_PLACE;
    } else if (typeof member === 'object' && member !== null) takeOut(member, texts);
  }
}

/** Whether an answer takes more bytes than it may, about: every character is counted as one. */
export function isLarger(result: ExecutionResult, most: number): boolean {
  return sizeOf(result.data, most) > most;
}

/** Counted until it is too much. */
function sizeOf(value: unknown, most: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return SCALAR;
  if (value instanceof JsonText) return value.text.length;
  let size = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      size += 1 + sizeOf(item, most - size);
      if (size > most) return size;
    }
    return size;
  }
  const members = value as Record<string, unknown>;
  for (const name in members) {
    size += name.length + AROUND + sizeOf(members[name], most - size);
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
    `This message would have more than ${most} bytes, and is left out. Subscribe with fewer fields, or with each field once.`,
  );
}
