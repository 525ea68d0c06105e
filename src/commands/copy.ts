import { existsSync } from 'node:fs';
import { readDatabaseUrl } from '../config-parts.ts';
import type { EventLog } from '../events/event-log.ts';
import { copyLog } from '../open-log.ts';
import { note, noteCopying } from './note.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface CopyOptions {
  readonly from: string;
  /** If it is left out, DATABASE_URL, so that a password need not be on the command line. */
  readonly to?: string;
}

/** How often a long copy reports its progress, in milliseconds. */
const EVERY = 2_000;

/** `hookcast copy`: copies a log to PostgreSQL. The cursors of clients stay valid. */
export async function copy({ from, to }: CopyOptions, terminal: Terminal): Promise<void> {
  const source = readDatabaseUrl({ '--from': from }, '--from');
  if (!to && !terminal.env['DATABASE_URL']) {
    throw new CommandError('--to is missing: where to copy to. Or set DATABASE_URL.');
  }
  const target = to ? readDatabaseUrl({ '--to': to }, '--to') : readDatabaseUrl(terminal.env);
  if (source === target) throw new CommandError('--from and --to are the same log.');
  if (target.startsWith('sqlite:'))
    throw new CommandError('--to: expected postgres://user:password@host:5432/database');
  if (source.startsWith('sqlite:') && !existsSync(source.slice('sqlite:'.length))) {
    throw new CommandError(`--from: there is no log at ${source}.`);
  }
  terminal.print('Copying. If you stop it, the next run continues from there.');
  const noted = (log: EventLog) =>
    noteCopying(() => note(log.audit, 'copy', { action: 'COPY', target: null }), terminal.print);
  let next = performance.now() + EVERY;
  const { events, erasures, quarantined } = await copyLog(source, target, noted, (done) => {
    if (performance.now() < next) return;
    next = performance.now() + EVERY;
    terminal.print(`${Math.floor(done.share * 100)} %, ${counted(done.events, 'event', 'events')}`);
  });
  terminal.print(
    `Copied ${counted(events, 'event', 'events')}, ${counted(erasures, 'erasure', 'erasures')} and ` +
      `${counted(quarantined, 'delivery', 'deliveries')} in quarantine. The copy is complete, and cursors of the old log are valid in it.`,
  );
  terminal.print(
    'If gateways still run on the old log: stop them, run this again to copy what is new, then start them on the new database.',
  );
}

function counted(count: number, one: string, more: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : more}`;
}
