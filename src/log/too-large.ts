import { HookcastError } from '../errors.ts';

/** The error for events, asked for by their keys, that are larger than the caller allows. */
export function tooLarge(bytes: number): HookcastError {
  return new HookcastError(
    'ANSWER_TOO_LARGE',
    `The events of these ids have more than ${bytes} bytes together. Ask for fewer of them at a time.`,
  );
}
