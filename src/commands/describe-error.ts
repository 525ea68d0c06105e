import { ConfigError } from '../config-error.ts';
import { HookcastError } from '../errors.ts';
import { CommandError } from './terminal.ts';

/** Why a command could not do what it was asked to: one line for each thing to mend. */
export function describeError(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  // Operators are told what the database says; clients are not.
  if (error instanceof HookcastError && error.cause instanceof Error && !error.message.includes(error.cause.message)) {
    return [`${error.message} (${error.cause.message})`];
  }
  if (error instanceof CommandError || error instanceof HookcastError) return [error.message];
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n');
}
