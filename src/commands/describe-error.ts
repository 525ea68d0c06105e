import { ConfigError } from '../config-error.ts';
import { HookcastError } from '../errors.ts';
import { CommandError } from './terminal.ts';

/** Why a command failed: one line for each thing to fix. */
export function describeError(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  // Operators see the database's message; clients don't.
  if (error instanceof HookcastError && error.cause instanceof Error && !error.message.includes(error.cause.message)) {
    return [`${error.message} (${error.cause.message})`];
  }
  if (error instanceof CommandError || error instanceof HookcastError) return [error.message];
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n');
}
