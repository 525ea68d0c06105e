import { existsSync } from 'node:fs';
import { readDatabaseUrl } from '../config-parts.ts';
import type { EventLog } from '../events/event-log.ts';
import { openLog } from '../open-log.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** Opens the log of DATABASE_URL while the work runs. Gateways may be running on it. */
export async function withLog<T>(terminal: Terminal, work: (log: EventLog) => Promise<T>): Promise<T> {
  const url = readDatabaseUrl(terminal.env);
  // To open a mistyped path would create a new, empty log.
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
