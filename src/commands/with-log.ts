import { existsSync } from 'node:fs';
import { readDatabaseUrl } from '../config-parts.ts';
import type { EventLog } from '../events/event-log.ts';
import { openLog } from '../open-log.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** Opens the log that DATABASE_URL names, for as long as the work takes. Gateways may be running on it. */
export async function withLog<T>(terminal: Terminal, work: (log: EventLog) => Promise<T>): Promise<T> {
  const url = readDatabaseUrl(terminal.env);
  // Opening would make a new, empty log of a mistyped path.
  if (url.startsWith('sqlite:') && !existsSync(url.slice('sqlite:'.length))) {
    throw new CommandError(`There is no log at ${url}. Set DATABASE_URL.`);
  }
  const log = await openLog(url);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}
