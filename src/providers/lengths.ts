import type { NewEvent } from '../events/event.ts';

/** The most characters of a name or an id of an event: PostgreSQL's indexes hold no more than 2,700 bytes. */
const LONGEST_NAME = 512;
/** The most characters of a text in `data`, which lists show to all viewers. The payload has the whole text. */
export const LONGEST_TEXT = 2_000;

/** Which of an event's names and ids is too long; null if none is. */
export function tooLongIn({ type, eventId, tenant, subject, version, occurredAt }: NewEvent): string | null {
  if (isTooLong(type)) return tooLong('type');
  if (isTooLong(eventId)) return tooLong('eventId');
  if (isTooLong(tenant)) return tooLong('tenant');
  if (isTooLong(subject)) return tooLong('subject');
  if (isTooLong(version)) return tooLong('version');
  return isTooLong(occurredAt.text) ? tooLong('occurredAt') : null;
}

function tooLong(name: string): string {
  return `its ${name} is longer than ${LONGEST_NAME} characters`;
}

function isTooLong(text: string | null): boolean {
  return text !== null && text.length > LONGEST_NAME;
}

/** The name of a type, shortened for the list of deliveries that don't fit. */
export function nameOf(type: string): string {
  return shortened(type, LONGEST_NAME);
}

/** The same value with long texts shortened. */
export function withShortTexts<T>(value: T): T {
  return short(value) as T;
}

function short(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? shortened(value, LONGEST_TEXT) : value;
  if (typeof value !== 'object' || value === null) return value;
  // Texts are rarely long. If none is, nothing is copied.
  let changed: Record<string, unknown> | null = null;
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    const kept = short(member);
    if (kept === member) continue;
    changed ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
    changed[name] = kept;
  }
  return changed ?? value;
}

function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // The text is never cut within a surrogate pair.
  const isHalf = /[\ud800-\udbff]/.test(text[most - 2]!);
  return `${text.slice(0, most - (isHalf ? 2 : 1))}…`;
}
