import { existsSync } from 'node:fs';
import { readDatabaseUrl } from '../config.ts';
import type { EventLog } from '../events/event-log.ts';
import { openLog } from '../gateway.ts';
import { CommandError, type Terminal } from './terminal.ts';

const PAGE = 100;

/** `hookcast quarantine list`: what waits and why, one line each. Nothing of what it says about people. */
export function listQuarantine(terminal: Terminal): Promise<void> {
  return withLog(terminal, async (log) => {
    let after = 0;
    let count = 0;
    for (;;) {
      const page = await log.listQuarantined({ after, limit: PAGE });
      for (const { id, receivedAt, source, type, issues } of page) {
        const where = issues.map(({ path }) => path || '(the whole)').join(', ');
        terminal.print(`${id}\t${new Date(receivedAt).toISOString()}\t${source}\t${type ?? '(no name)'}\t${where}`);
      }
      count += page.length;
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
    if (count === 0) terminal.print('Nothing is in quarantine.');
  });
}

/** `hookcast quarantine show`: why one delivery did not fit; its payload, which speaks of people, only when asked. */
export function showQuarantined(id: number, options: { readonly payload: boolean }, terminal: Terminal): Promise<void> {
  return withLog(terminal, async (log) => {
    const found = await log.findQuarantined(id);
    if (!found)
      throw new CommandError(`Nothing is in quarantine under ${id}. "hookcast quarantine list" shows what is.`);
    const { payload, issues, receivedAt, ...rest } = found;
    terminal.print(JSON.stringify({ ...rest, receivedAt: new Date(receivedAt).toISOString(), issues }, null, 2));
    if (options.payload) terminal.print(JSON.stringify(JSON.parse(payload), null, 2));
  });
}

async function withLog(terminal: Terminal, work: (log: EventLog) => Promise<void>): Promise<void> {
  const url = readDatabaseUrl(terminal.env);
  // Opening would make a new, empty log of a mistyped path.
  if (url.startsWith('sqlite:') && !existsSync(url.slice('sqlite:'.length))) {
    throw new CommandError(`There is no log at ${url}. Set DATABASE_URL.`);
  }
  const log = await openLog(url);
  try {
    await work(log);
  } finally {
    await log.close();
  }
}
