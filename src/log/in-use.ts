import { HookcastError } from '../errors.ts';

/** The error for a log that another process is already reprocessing. */
export function inUse(): HookcastError {
  return new HookcastError('OVERLOADED', 'The log is being reprocessed already. Try again when that has ended.');
}
