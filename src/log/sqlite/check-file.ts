import { DatabaseSync } from 'node:sqlite';
import { type Row, fromRow } from '../row.ts';
import { COUNT_WRONG } from './activity.ts';
import { SELECT_ALL } from './select.ts';
import { assertEndsWithAPage, assertWalIsWhole } from './wal.ts';

/** Problems of one kind that are told. */
const MOST = 20;
/** The version of the schema from which on cancellations are counted. */
const COUNTING = 3;

export interface Checked {
  readonly events: number;
  /** What is wrong, in words; nothing of what stands in an event. */
  readonly problems: readonly string[];
}

/** Reads a log's file from end to end, which a start does not: as long as copying it takes. Gateways may be running on it. */
export function checkFile(path: string): Checked {
  const problems: string[] = [];
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  attempt(() => assertWalIsWhole(path));
  attempt(() => assertEndsWithAPage(path));
  const database = attempt(() => new DatabaseSync(path, { readOnly: true, timeout: 1_000 }));
  if (!database) return { events: 0, problems };
  let events = 0;
  attempt(() => {
    for (const row of database.prepare(`PRAGMA integrity_check(${MOST})`).iterate()) {
      const said = String(row['integrity_check']);
      if (said !== 'ok') problems.push(said);
    }
  });
  attempt(() => {
    const statement = database.prepare(SELECT_ALL);
    statement.setReturnArrays(true);
    let told = 0;
    for (const row of statement.iterate() as Iterable<unknown>) {
      events += 1;
      if (told < MOST && attempt(() => fromRow('', row as Row)) === null) told += 1;
    }
  });
  attempt(() => {
    // A file of an older hookcast counts nothing yet.
    if (Number(database.prepare('PRAGMA user_version').get()?.['user_version']) < COUNTING) return;
    for (const sql of COUNT_WRONG) {
      const wrong = Number(database.prepare(sql).get()?.['wrong']);
      if (wrong > 0) problems.push(`${wrong} counts of cancellations are not what the events say`);
    }
  });
  database.close();
  return { events, problems };
}
