import { readDatabaseUrl } from '../config-parts.ts';
import type { ErasureOrder } from '../events/erasure.ts';
import { restoreLog } from '../open-log.ts';
import { quoted } from './backup.ts';
import { interruptible } from './interruptible.ts';
import { type GatewayTerminal, CommandError, printCommands } from './terminal.ts';

/** The most erasures that are listed. */
const MOST = 50;

/** `hookcast restore`: replaces the log by a backup. @throws {CommandError} for a log in PostgreSQL. */
export async function restore(
  file: string,
  { force }: { readonly force: boolean },
  terminal: Pick<GatewayTerminal, 'env' | 'print' | 'interrupted'>,
): Promise<void> {
  const url = readDatabaseUrl(terminal.env);
  if (!url.startsWith('sqlite:')) {
    printCommands('PostgreSQL has its own program for this. End all gateways, and run', BY_PG_RESTORE(file), terminal);
    throw new CommandError('Nothing was restored, since the log is in PostgreSQL (docs/OPERATING.md, "Backups").');
  }
  const { checked, replaced } = await interruptible(terminal, (options) =>
    restoreLog(file, url, { force, ...options }),
  );
  const { print } = terminal;
  for (const note of checked.notes) print(note);
  print(`Restored ${checked.events} event${checked.events === 1 ? '' : 's'} from ${file}. Start the gateway again.`);
  print(
    'The log has a new epoch: each client that comes back is told of a Gap and reads from the oldest event. The log lacks what was ' +
      'recorded after the backup.',
  );
  if (replaced) {
    print(
      `The former log is kept as ${replaced.keptAs}. It holds personal data: delete it when you no longer need it.`,
    );
  }
  printErasures(replaced?.erasures ?? null, print);
}

function printErasures(erasures: readonly ErasureOrder[] | null, print: (line: string) => void): void {
  if (erasures === null) {
    return print(
      'The log again has what was erased after the backup: repeat these erasures, by the receipts that you kept.',
    );
  }
  if (erasures.length === 0) return print('The backup has all erasures of the former log.');
  print(`The backup lacks ${erasures.length === 1 ? 'an erasure' : `${erasures.length} erasures`} of the former log:`);
  for (const { at, orderedBy } of erasures.slice(0, MOST)) print(`  ${new Date(at).toISOString()}  ${orderedBy}`);
  if (erasures.length > MOST) print(`  and ${erasures.length - MOST} more`);
  print(
    'The log again has what they erased. Erase it once more: by the same address, or by --source and --subject of the ' +
      'events that the receipt names.',
  );
}

/** The old schema stays under another name. The last command changes the epoch, so that clients get a Gap. */
const BY_PG_RESTORE = (file: string) => [
  `psql "\${DATABASE_URL:?}" --command='ALTER SCHEMA hookcast RENAME TO replaced_hookcast' &&`,
  `pg_restore --exit-on-error --single-transaction --no-owner --dbname="\${DATABASE_URL:?}" ${quoted(file)} &&`,
  `psql "\${DATABASE_URL:?}" --command="UPDATE hookcast.epochs SET epoch = translate(gen_random_uuid()::text, '-', '')"`,
];
