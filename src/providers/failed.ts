import type { Issue } from '../events/quarantine.ts';
import { OWN_CODE } from '../version.ts';

const OWN = OWN_CODE.pathname;

/** ` at normalise (file:///srv/gym.ts:34:11)`, with or without the function. */
const FRAME = /^ +at (?:async )?(?:.*\()?(?:file:\/\/)?(\/[^?]*?|[A-Za-z]:\\[^?]*?)(?:\?[^:]*)?:(\d+):\d+\)?$/;
const FAILED = "the provider's code failed";
const LONGEST_FRAME = 1000;
const BASENAME = /[\w.-]{1,64}$/;
const CLASS = /^[A-Za-z_$][\w$]{0,63}$/;

/** That a provider's code failed, and where in it. Of the error only its class: a message may quote what stood there. */
export function failed(error: unknown, path: readonly string[]): Issue {
  const place = placeOf(error);
  const what = place === null ? classOf(error) : `${classOf(error)} at ${place}`;
  return { path: path.join('.'), message: `${FAILED} on it (${what})` };
}

/** Whether it says that a provider's code failed. */
export function isFailure({ message }: Issue): boolean {
  return message.startsWith(FAILED);
}

/** The class of what was thrown, and the calls that led there: all of an error that quotes nobody's data. */
export function traceOf(error: unknown): { readonly error: string; readonly stack: readonly string[] } {
  const stack = framesOf(error).filter((frame) => frame.length <= LONGEST_FRAME && FRAME.test(frame));
  return { error: classOf(error), stack: stack.map((frame) => frame.trim()) };
}

function classOf(error: unknown): string {
  const said = error instanceof Error ? error.name : 'no error';
  return typeof said === 'string' && (CLASS.test(said) || said === 'no error') ? said : 'Error';
}

/** The first line of somebody's own code, such as `gym.ts:34`. Null when there is none, as in a provider of hookcast's. */
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
  // The message comes first in a stack, and lines of it may look like one.
  return stack.slice(stack.indexOf(message) + message.length).split('\n');
}
