import { existsSync } from 'node:fs';
import { readDatabaseUrl } from '../config.ts';
import { copyLog } from '../gateway.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface CopyOptions {
  readonly from: string;
  /** DATABASE_URL when it is left out, so that a password need not stand on the command line. */
  readonly to?: string;
}

/** How often a long copy says how far it is, in milliseconds. */
const EVERY = 2_000;

/** `hookcast copy`: takes a log to PostgreSQL, with every cursor that clients hold. */
export async function copy({ from, to }: CopyOptions, terminal: Terminal): Promise<void> {
  const source = readDatabaseUrl({ '--from': from }, '--from');
  const target = to ? readDatabaseUrl({ '--to': to }, '--to') : readDatabaseUrl(terminal.env);
  if (target.startsWith('sqlite:'))
    throw new CommandError('--to: expected postgres://user:password@host:5432/database');
  if (source.startsWith('sqlite:') && !existsSync(source.slice('sqlite:'.length))) {
    throw new CommandError(`--from: there is no log at ${source}.`);
  }
  let next = performance.now() + EVERY;
  const { events, erasures, quarantined } = await copyLog(source, target, (done) => {
    if (performance.now() < next) return;
    next = performance.now() + EVERY;
    terminal.print(`${Math.floor(done.share * 100)} %, ${done.events.toLocaleString('en')} events`);
  });
  terminal.print(
    `Copied ${counted(events, 'events')}, ${counted(erasures, 'erasures')} and ` +
      `${counted(quarantined, 'deliveries in quarantine')}. Cursors of the old log are good in the new one.`,
  );
  terminal.print(
    'If gateways still run on the old log: end them, run this again for what is new, then start them here.',
  );
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}`;
}
