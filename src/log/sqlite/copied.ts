import { DatabaseSync } from 'node:sqlite';
import { VERSION, takeSteps } from './migrations/steps.ts';

/** The columns of each table, and the indexes, by their names. Other programs may have added some of their own. */
const SHAPE = `
  SELECT name || '.' || column AS part FROM (
    SELECT listed.name, columns.name AS column FROM sqlite_schema AS listed, pragma_table_info(listed.name) AS columns
    WHERE listed.type = 'table'
  ) UNION ALL SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`;

/** The version of the schema that the file names. It is 0 in a new file, and in a copy that has lost it. */
export function saidVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/**
 * The version of the schema. The .dump and .clone of sqlite3 copy every table, but not the version. Such a copy has the newest
 * version whose tables, columns and indexes it all has.
 *
 * @throws {Error} if a copy has all of them for no version.
 */
export function versionOf(database: DatabaseSync): number {
  const said = saidVersion(database);
  const parts = shapeOf(database);
  if (said !== 0 || !parts.has('log.epoch')) return said;
  const model = new DatabaseSync(':memory:');
  let version = 0;
  try {
    for (let step = 1; step <= VERSION; step += 1) {
      takeSteps(model, step - 1, step);
      if ([...shapeOf(model)].every((part) => parts.has(part))) version = step;
    }
  } finally {
    model.close();
  }
  if (version > 0) return version;
  throw new Error('it is a copy of a log that lacks tables or indexes, and it does not say its version: copy it anew');
}

/**
 * Restores the last position of a copy that has lost it. Otherwise new events would get positions that erasures have, or that
 * are below the floor, and no client would be told of these events. A .clone has two rows of `events` in `sqlite_sequence`.
 * SQLite counts on from the first, which has the position of the last event.
 */
export function continuePositions(database: DatabaseSync): void {
  const top =
    'SELECT max(floor, coalesce((SELECT max(seq) FROM events), 0), coalesce((SELECT max(seq) FROM erasures), 0), ' +
    'coalesce((SELECT max(seq) FROM revisions), 0)) FROM log';
  const isBehind = `coalesce((SELECT min(seq) FROM sqlite_sequence WHERE name = 'events'), 0) < (${top})`;
  if (database.prepare(`SELECT ${isBehind} AS behind`).get()?.['behind'] !== 1) return;
  database.exec(`BEGIN IMMEDIATE;
    DELETE FROM sqlite_sequence WHERE name = 'events';
    INSERT INTO sqlite_sequence (name, seq) SELECT 'events', (${top});
    COMMIT`);
}

function shapeOf(database: DatabaseSync): Set<string> {
  return new Set(
    database
      .prepare(SHAPE)
      .all()
      .map(({ part }) => String(part)),
  );
}
