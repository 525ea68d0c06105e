import { HookcastError } from '../../errors.ts';
import { type Connection, statement } from './connection.ts';
import { STEPS, VERSION } from './migrations/steps.ts';
import { APPENDING, MIGRATING } from './names.ts';

const IS_MADE = statement("SELECT count(to_regclass('hookcast.log'))");
const HAS_SCHEMA = statement("SELECT count(to_regnamespace('hookcast'))");
const VERSION_OF = statement('SELECT version FROM hookcast.log');
const IS_WHOLE = statement('SELECT count(*) FROM hookcast.log WHERE NOT copying');

/** How long one script or step of a migration may take, in milliseconds. */
const PATIENCE = 10 * 60 * 1000;

/**
 * Makes the schema when it is missing, and brings it up to date. Several processes may do so at once. Returns whether the log is whole,
 * which a copy of another log may not be.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when it was made by a newer hookcast.
 */
export async function migrate(connection: Connection): Promise<{ isWhole: boolean }> {
  try {
    const version = await versionOf(connection);
    if (version < VERSION) await bringUpToDate(connection, VERSION);
    const [[whole] = []] = await connection.ask(IS_WHOLE, []);
    return { isWhole: whole === 1 };
  } catch (error) {
    // The end of the connection rolls the transaction back.
    connection.destroy();
    throw error;
  }
}

/** @throws {HookcastError} LOG_UNAVAILABLE when there is no log, or one of another version. */
export async function assertReadable(connection: Connection): Promise<void> {
  const version = await versionOf(connection);
  if (version === VERSION) return;
  throw new HookcastError(
    'LOG_UNAVAILABLE',
    version === 0
      ? 'There is no log in the database. Set DATABASE_URL.'
      : `The log is of schema ${version}, and this hookcast reads schema ${VERSION}: start a gateway of this version first.`,
  );
}

/** Brings the schema to a version, and makes it when it is missing. */
export async function bringUpToDate(connection: Connection, to: number): Promise<void> {
  await connection.script(
    // The lock of appends is taken as well: a gateway in the middle of an append would go on with the old columns.
    `BEGIN; SET LOCAL statement_timeout = 0; 
     SELECT pg_advisory_xact_lock(${MIGRATING}); SELECT pg_advisory_xact_lock(${APPENDING})`,
    PATIENCE,
  );
  // CREATE SCHEMA IF NOT EXISTS needs the right to make a schema even where there is one.
  const [[there] = []] = await connection.ask(HAS_SCHEMA, []);
  await connection.script(
    `${there === 0 ? 'CREATE SCHEMA hookcast;' : ''}
     CREATE TABLE IF NOT EXISTS hookcast.log (
       id integer PRIMARY KEY CHECK (id = 1),
       version integer NOT NULL,
       floor bigint NOT NULL,
       -- True while a copy of another log is unfinished.
       copying boolean NOT NULL DEFAULT false
     );
     INSERT INTO hookcast.log (id, version, floor) VALUES (1, 0, 0) ON CONFLICT DO NOTHING;`,
    PATIENCE,
  );
  // The version is read again, now that the lock keeps others out.
  for (const part of STEPS.slice(await versionOf(connection), to).flat()) {
    if (typeof part === 'string') await connection.script(part, PATIENCE);
    else await part(connection);
  }
  await connection.script(`UPDATE hookcast.log SET version = greatest(version, ${to}); COMMIT`, PATIENCE);
}

async function versionOf(connection: Connection): Promise<number> {
  const [[there] = []] = await connection.ask(IS_MADE, []);
  if (there === 0) return 0;
  const [[version] = []] = await connection.ask(VERSION_OF, []);
  if (Number(version) <= VERSION) return Number(version);
  throw new HookcastError(
    'LOG_UNAVAILABLE',
    `The log was written by a newer hookcast (schema ${version}, this one knows ${VERSION}). Upgrade hookcast.`,
  );
}
