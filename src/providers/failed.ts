import type { Issue } from '../events/quarantine.ts';

/** Where hookcast's own code is, as a path: the folder above this one. */
const OWN = new URL('..', import.meta.url).pathname;

/** ` at normalise (file:///srv/gym.ts:34:11)`, with or without the function. */
const FRAME = /^ +at (?:async )?(?:.*\()?(?:file:\/\/)?(\/.*?|[A-Za-z]:\\.*?)(?:\?.*)?:(\d+):\d+\)?$/;
const LONGEST_FRAME = 1000;
const BASENAME = /[\w.-]{1,64}$/;
const CLASS = /^[A-Za-z_$][\w$]{0,63}$/;

/** That a provider's code failed, and where in it. Of the error only its class: a message may quote what stood there. */
export function failed(error: unknown, path: readonly string[]): Issue {
  const said = error instanceof Error ? error.name : 'no error';
  const name = typeof said === 'string' && (CLASS.test(said) || said === 'no error') ? said : 'Error';
  const place = error instanceof Error ? placeOf(error) : null;
  const what = place === null ? name : `${name} at ${place}`;
  return { path: path.join('.'), message: `the provider's code failed on it (${what})` };
}

/** The first line of somebody's own code, such as `gym.ts:34`. Null when there is none, as in a provider of hookcast's. */
function placeOf({ stack, message }: Error): string | null {
  if (typeof stack !== 'string' || typeof message !== 'string') return null;
  // The message comes first in a stack, and lines of it may look like one.
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  for (const frame of frames) {
    if (frame.length > LONGEST_FRAME) continue;
    const [, file, line] = FRAME.exec(frame) ?? [];
    if (file === undefined || file.startsWith(OWN) || file.includes('/node_modules/zod/')) continue;
    const base = BASENAME.exec(file)?.[0];
    return base === undefined ? null : `${base}:${line}`;
  }
  return null;
}
