import { existsSync } from 'node:fs';
import { readDatabaseUrl } from '../config-parts.ts';
import { checkLog } from '../open-log.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** `hookcast check`: reads the whole log and says what is wrong with it. @throws {CommandError} when something is. */
export async function check(terminal: Terminal): Promise<void> {
  const url = readDatabaseUrl(terminal.env);
  if (!url.startsWith('sqlite:')) return checkPostgres(url, terminal);
  if (!existsSync(url.slice('sqlite:'.length))) throw new CommandError(`There is no log at ${url}. Set DATABASE_URL.`);
  const { events, problems, notes } = await checkLog(url);
  if (problems.length === 0) {
    terminal.print(
      events === 0
        ? 'It holds no events. Every page and every index was read, and nothing is wrong.'
        : `All is well: ${events} events, every page and every index read.`,
    );
    for (const note of notes) terminal.print(note);
    return;
  }
  // If a copy of a log is damaged, files that were not copied may be the reason, and the notes name them.
  for (const line of [...notes, ...problems]) terminal.print(line);
  throw new CommandError(
    'The log is damaged. Stop the gateway, keep a copy of the file and of its -wal, and restore a backup, or rescue what ' +
      'can be read (docs/RELIABILITY.md).',
  );
}

async function checkPostgres(url: string, terminal: Terminal): Promise<void> {
  const { events, problems, notes } = await checkLog(url);
  for (const problem of problems) terminal.print(problem);
  if (problems.length > 0)
    throw new CommandError('The log has faults (docs/SCALING.md, "Restored and moved databases").');
  terminal.print(`All is well: ${events} events read; counts and sequences match the events.`);
  for (const note of notes) terminal.print(note);
}
