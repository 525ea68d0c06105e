import { HookcastError } from '../errors.ts';

/** That what was asked for by its keys is more than the caller has room for. */
export function tooLarge(bytes: number): HookcastError {
  return new HookcastError(
    'ANSWER_TOO_LARGE',
    `The events of these ids have more than ${bytes} bytes together. Ask for fewer of them at a time.`,
  );
}
