import { existsSync } from 'node:fs';
import { readDatabaseUrl } from '../config-parts.ts';
import { auditOf, backUpLog } from '../open-log.ts';
import { interruptible } from './interruptible.ts';
import { note, noteCopying } from './note.ts';
import { type GatewayTerminal, CommandError, printCommands } from './terminal.ts';

/** `hookcast backup`: copies the log into a file beside running gateways. @throws {CommandError} when there is no log. */
export async function backup(
  file: string,
  { force }: { readonly force: boolean },
  terminal: Pick<GatewayTerminal, 'env' | 'print' | 'interrupted'>,
): Promise<void> {
  const url = readDatabaseUrl(terminal.env);
  if (!url.startsWith('sqlite:')) {
    printCommands('PostgreSQL has its own program for this. Run', BY_PG_DUMP(file), terminal);
    throw new CommandError('Nothing was backed up, since the log is in PostgreSQL (docs/OPERATING.md, "Backups").');
  }
  if (!existsSync(url.slice('sqlite:'.length))) throw new CommandError(`There is no log at ${url}. Set DATABASE_URL.`);
  await noteCopying(() => note(auditOf(url), 'backup', { action: 'BACKUP', target: null }), terminal.print);
  const { events, notes } = await interruptible(terminal, (options) => backUpLog(url, file, { force, ...options }));
  terminal.print(
    `Backed up ${events} event${events === 1 ? '' : 's'} to ${file}. Every page and every index of it was read.`,
  );
  for (const note of notes) terminal.print(note);
  terminal.print(
    'It holds personal data. Later erasures don’t change it: delete old backups, and keep the receipts of ' +
      'erasures, so that you can repeat them if you restore it.',
  );
}

/**
 * The file has another name until it is complete, since pg_dump leaves a file even if it fails. Without `:?`, a shell that doesn't have the
 * URL would name the database of the operator's own.
 */
const BY_PG_DUMP = (file: string) => [
  'umask 077',
  `pg_dump --format=custom --schema=hookcast --file=${quoted(`${file}.partial`)} "\${DATABASE_URL:?}" &&`,
  `mv ${quoted(`${file}.partial`)} ${quoted(file)}`,
];

/** Quotes a text for a shell. */
export function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
