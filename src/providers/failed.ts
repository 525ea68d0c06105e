import type { Issue } from '../events/quarantine.ts';
import { OWN_CODE } from '../version.ts';

const OWN = OWN_CODE.pathname;

/** ` at normalise (file:///srv/gym.ts:34:11)`, with or without the function. */
const FRAME = /^ +at (?:async )?(?:.*\()?(?:file:\/\/)?(\/[^?]*?|[A-Za-z]:\\[^?]*?)(?:\?[^:]*)?:(\d+):\d+\)?$/;
const FAILED = "the provider's code failed";
const LONGEST_FRAME = 1000;
const BASENAME = /[\w.-]{1,64}$/;
const CLASS = /^[A-Za-z_$][\w$]{0,63}$/;

/**
 * The issue that a provider's code failed, with the place in the code. It has only the class of the error, since a message may
 * quote the payload.
 */
export function failed(error: unknown, path: readonly string[]): Issue {
  const place = placeOf(error);
  const what = place === null ? classOf(error) : `${classOf(error)} at ${place}`;
  return { path: path.join('.'), message: `${FAILED} on it (${what})` };
}

/** Whether the issue says that a provider's code failed. */
export function isFailure({ message }: Issue): boolean {
  return message.startsWith(FAILED);
}

/** The class of a thrown error and its stack: the parts of an error that quote no data. */
export function traceOf(error: unknown): { readonly error: string; readonly stack: readonly string[] } {
  const stack = framesOf(error).filter((frame) => frame.length <= LONGEST_FRAME && FRAME.test(frame));
  return { error: classOf(error), stack: stack.map((frame) => frame.trim()) };
}

function classOf(error: unknown): string {
  const said = error instanceof Error ? error.name : 'no error';
  return typeof said === 'string' && (CLASS.test(said) || said === 'no error') ? said : 'Error';
}

/** The first place in the user's own code, such as `gym.ts:34`. Null if there is none, as in a provider of hookcast's. */
function placeOf(error: unknown): string | null {
  for (const frame of framesOf(error)) {
    if (frame.length > LONGEST_FRAME) continue;
    const [, file, line] = FRAME.exec(frame) ?? [];
    if (file === undefined || file.startsWith(OWN) || file.includes('/node_modules/zod/')) continue;
    const base = BASENAME.exec(file)?.[0];
    return base === undefined ? null : `${base}:${line}`;
  }
  return null;
}

function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { stack, message } = error;
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  // A stack begins with the message, whose lines may look like a frame.
  return stack.slice(stack.indexOf(message) + message.length).split('\n');
}
