import { CommandError } from './terminal.ts';

/** The value of an option such as `--since`, in milliseconds since 1970. @throws {CommandError} */
export function momentOf(text: string, option = '--since'): number {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new CommandError(`${option}: expected a day or a moment, like 2026-11-22 or 2026-11-22T10:45:00Z.`);
}
