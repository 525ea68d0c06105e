import { DatabaseSync } from 'node:sqlite';
import { Connection } from '../../src/log/postgres/connection.ts';
import { bringUpToDate } from '../../src/log/postgres/schema.ts';
import { parseTarget } from '../../src/log/postgres/target.ts';
import { takeSteps } from '../../src/log/sqlite/migrations/steps.ts';

/** A SQLite log as a hookcast of this version of the schema made it. */
export function oldSqliteLog(path: string, version: number): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL');
  takeSteps(database, 0, version);
  // Version 1 did not know of it.
  if (version > 1) database.exec('UPDATE log SET rewritten = 1');
  return database;
}

/** The same in an empty PostgreSQL database. The connection is to be destroyed. */
export async function oldPostgresLog(url: string, version: number): Promise<Connection> {
  const target = parseTarget(url);
  const connection = await Connection.open(target, target.hosts[0]!);
  await bringUpToDate(connection, version);
  return connection;
}
