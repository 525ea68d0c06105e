import { HookcastError } from '../errors.ts';

/** That a log is being reprocessed already. */
export function inUse(): HookcastError {
  return new HookcastError('OVERLOADED', 'The log is being reprocessed already. Try again when that has ended.');
}
