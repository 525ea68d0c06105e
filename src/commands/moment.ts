import { CommandError } from './terminal.ts';

/** What `--since` says, in milliseconds since 1970. @throws {CommandError} */
export function momentOf(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new CommandError('--since: expected a day or a moment, like 2026-11-22 or 2026-11-22T10:45:00Z.');
}
