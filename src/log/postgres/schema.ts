import { HookcastError } from '../../errors.ts';
import { type Connection, statement } from './connection.ts';
import { ERASE_FUNCTIONS } from './migrations/erase-functions.ts';
import { markVersion1 } from './migrations/mark-version-1.ts';
import { VERSION_1 } from './migrations/version-1.ts';
import { VERSION_2, VERSION_2_INDEXES } from './migrations/version-2.ts';
import { VERSION_3 } from './migrations/version-3.ts';
import { WRITE_FUNCTIONS } from './migrations/write-functions.ts';
import { MIGRATING } from './names.ts';

const IS_MADE = statement("SELECT count(to_regclass('hookcast.log'))");
const HAS_SCHEMA = statement("SELECT count(to_regnamespace('hookcast'))");
const VERSION = statement('SELECT version FROM hookcast.log');
const IS_WHOLE = statement('SELECT count(*) FROM hookcast.log WHERE NOT copying');

/** How long the schema may take to be brought up to date, in milliseconds. */
const PATIENCE = 10 * 60 * 1000;

type Step = (connection: Connection) => Promise<void>;

/** Steps from one version of the schema to the next; `log.version` counts those taken. */
const MIGRATIONS: readonly Step[] = [
  (connection) => connection.script(VERSION_1, PATIENCE),
  async (connection) => {
    await connection.script(VERSION_2, PATIENCE);
    await markVersion1(connection);
    await connection.script(`${VERSION_2_INDEXES}${WRITE_FUNCTIONS}${ERASE_FUNCTIONS}`, PATIENCE);
  },
  (connection) => connection.script(VERSION_3, PATIENCE),
];

/**
 * Makes the schema when it is missing, and brings it up to date. Several processes may do so at once. Says whether what is
 * in it is whole: a copy of another log may not be.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when it was made by a newer hookcast.
 */
export async function migrate(connection: Connection): Promise<{ isWhole: boolean }> {
  try {
    const version = await versionOf(connection);
    if (version < MIGRATIONS.length) await bringUpToDate(connection);
    const [[whole] = []] = await connection.ask(IS_WHOLE, []);
    return { isWhole: whole === 1 };
  } catch (error) {
    // With its connection, what was begun is taken back.
    connection.destroy();
    throw error;
  }
}

async function bringUpToDate(connection: Connection): Promise<void> {
  await connection.script(
    `BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${MIGRATING})`,
    PATIENCE,
  );
  // Also with IF NOT EXISTS it would want the right to make one where there is one.
  const [[there] = []] = await connection.ask(HAS_SCHEMA, []);
  await connection.script(
    `${there === 0 ? 'CREATE SCHEMA hookcast;' : ''}
     CREATE TABLE IF NOT EXISTS hookcast.log (
       id integer PRIMARY KEY CHECK (id = 1),
       version integer NOT NULL,
       floor bigint NOT NULL,
       -- While a copy of another log is not whole.
       copying boolean NOT NULL DEFAULT false
     );
     INSERT INTO hookcast.log (id, version, floor) VALUES (1, 0, 0) ON CONFLICT DO NOTHING;`,
    PATIENCE,
  );
  // Again, now that nobody else can be at it.
  for (const step of MIGRATIONS.slice(await versionOf(connection))) await step(connection);
  await connection.script(`UPDATE hookcast.log SET version = ${MIGRATIONS.length}; COMMIT`, PATIENCE);
}

async function versionOf(connection: Connection): Promise<number> {
  const [[there] = []] = await connection.ask(IS_MADE, []);
  if (there === 0) return 0;
  const [[version] = []] = await connection.ask(VERSION, []);
  if (Number(version) <= MIGRATIONS.length) return Number(version);
  throw new HookcastError(
    'LOG_UNAVAILABLE',
    `The log was written by a newer hookcast (schema ${version}, this one knows ${MIGRATIONS.length}). Upgrade hookcast.`,
  );
}
