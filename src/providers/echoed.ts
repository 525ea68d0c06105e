import type { ChallengeResponse } from './challenge.ts';
import { isObject, parseJson } from './payload.ts';

/** The most characters that are echoed. Senders send some hundred at most, but a stranger may send anything. */
const MOST = 2_048;
const PRINTABLE = /^[^\p{Cc}]+$/u;

/** Whether a text that a challenge wants back may be sent back. */
export function isEchoed(text: string): boolean {
  return text.length <= MOST && PRINTABLE.test(text);
}

/** The text of this member, if the body is JSON with no other member. */
export function onlyMember(body: Buffer, member: string): string | null {
  if (body.length > 2 * MOST) return null;
  const payload = parseJson(body.toString('utf8'));
  if (!isObject(payload) || Object.keys(payload).length !== 1) return null;
  const value = Object.hasOwn(payload, member) ? payload[member] : null;
  return typeof value === 'string' && isEchoed(value) ? value : null;
}

/** The answer to a challenge, as JSON. */
export function jsonAnswer(value: Readonly<Record<string, unknown>>): ChallengeResponse {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json; charset=utf-8' } };
}
