import type { Row } from '../value.ts';
import { Refusal } from './refusal.ts';

/** How long a statement may take, by the server's clock, in milliseconds. */
const STATEMENT = 4_000;

/**
 * What promises stand on, as it must be on every connection: the database's, the role's or a pooler's defaults may be
 * otherwise. Set by a statement and not as the connection begins, since poolers drop what they don't know of that without
 * a word (PgBouncer's `ignore_startup_parameters`), and read back, since nobody else would notice.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // A commit is durable before it is answered; with `synchronous_standby_names`, on a standby as well.
  synchronous_commit: 'on',
  // The statements of an append see what was committed while it waited for its turn.
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  // A slow statement costs no connection: the server gives up before we do.
  statement_timeout: String(STATEMENT),
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  // Of PostgreSQL 14 and 17. The connection that listens is silent for long, and a copy's transactions are long.
  idle_session_timeout: '0',
  transaction_timeout: '0',
  // What texts and patterns in statements mean, and which functions are called by a name.
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  search_path: 'pg_catalog',
  // A plan that looks dear for its estimates is not compiled for a tenth of a second.
  jit: 'off',
  // Parameters are people's data, and errors would have them in the server's log.
  log_parameter_max_length_on_error: '0',
};

/** What may not be set by everybody, and must be so: with another value the triggers that count would not fire. */
const GIVEN: Readonly<Record<string, string>> = { session_replication_role: 'origin' };

const WANTED: Readonly<Record<string, string>> = { ...SETTINGS, ...GIVEN };

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** What stands for an answer that the server refuses to give. */
const UNTOLD = 'untold';

/**
 * Settles a new session: its settings; a mark of its own, by which to know it again; and which server, and which of its
 * lives, this is. A promoted standby has a timeline of its own, and so has a backup that was restored to a point in time.
 * It can't change while we are connected to a primary; on a standby it is empty.
 *
 * @param mark - letters and digits.
 */
export function settle(mark: string): string {
  const values = Object.entries(SETTINGS).map((pair) => `(${pair.map(quoted).join(', ')})`);
  return `DO $settle$
    DECLARE
      server text := '${UNTOLD}';
      line text := '${UNTOLD}';
    BEGIN
      -- Only those that this version of PostgreSQL knows.
      PERFORM set_config(wanted.name, wanted.value, false)
      FROM (VALUES ${values.join(', ')}) AS wanted (name, value)
      JOIN pg_catalog.pg_settings AS known ON known.name = wanted.name::pg_catalog.text COLLATE "C";
      -- Statements that are logged for their length have their parameters with them. Most roles may not turn that off.
      BEGIN
        PERFORM set_config('log_parameter_max_length', '0', false);
      EXCEPTION WHEN insufficient_privilege THEN NULL;
      END;
      PERFORM set_config('hookcast.session', '${mark}', false);
      IF NOT pg_is_in_recovery() THEN
        -- Aurora refuses the second with 0A000 or 55000, and an administrator who hardens a server may take away the right to either.
        BEGIN
          server := (SELECT system_identifier::text FROM pg_control_system());
        EXCEPTION WHEN feature_not_supported OR object_not_in_prerequisite_state OR insufficient_privilege
          OR undefined_function THEN NULL;
        END;
        BEGIN
          line := left(pg_walfile_name(pg_current_wal_lsn()), 8);
        EXCEPTION WHEN feature_not_supported OR object_not_in_prerequisite_state OR insufficient_privilege
          OR undefined_function THEN NULL;
        END;
      END IF;
      -- A branch of Neon's that goes back to an earlier moment has a timeline of Neon's own, and PostgreSQL's as before.
      PERFORM set_config('hookcast.history', CASE WHEN pg_is_in_recovery() THEN '' ELSE
        server || '/' || line || coalesce('/' || nullif(current_setting('neon.timeline_id', true), ''), '') END, false);
    END $settle$`;
}

/** What the session is, one row: to be handed to `assertSettled`. */
export const SELECT_SESSION = `
  SELECT current_setting('hookcast.session', true), current_setting('hookcast.history', true), pg_is_in_recovery(),
    current_setting('fsync'), current_setting('neon.timeline_id', true), current_setting('server_encoding'),
    (SELECT json_object_agg(name, setting)::text FROM pg_catalog.pg_settings
     WHERE name IN (${Object.keys(WANTED).map(quoted).join(', ')}))`;

/** The mark of the session, and how it commits: to be held against what a write says that it was done with. */
export const SELECT_PROMISE =
  "current_setting('synchronous_commit') || ' ' || current_setting('hookcast.session', true)";

export function promiseOf(mark: string): string {
  return `${SETTINGS['synchronous_commit']} ${mark}`;
}

/** @throws {Error} what is not as it must be. What was learned of the session otherwise. */
export function assertSettled(row: Row | undefined, mark: string): { readonly knowsItsTimeline: boolean } {
  const [session, history, isStandby, fsync, neon, encoding, settings] = row ?? [];
  if (session !== mark) throw notOurs();
  // Promoted between the two statements, it has no history yet: under none, each of its appends would begin an epoch.
  if ((isStandby as unknown) === true || history === '') throw new Error('is a standby');
  // Neon's servers have none, and a commit is on the disks of several others before it is answered.
  if (fsync !== 'on' && !neon) {
    throw new Refusal('runs with fsync off, and would lose what it has acknowledged');
  }
  if (encoding !== 'UTF8') throw new Refusal(`has a database in ${encoding}; make one with ENCODING 'UTF8'`);
  const found = JSON.parse(String(settings)) as Record<string, string>;
  for (const [name, wanted] of Object.entries(WANTED)) {
    const is = found[name];
    if (is === undefined || is === wanted) continue;
    const what = `has ${name} = ${is} where ${wanted} is needed`;
    throw new Refusal(
      name in GIVEN
        ? `${what}; take the setting away from the database and the role`
        : `${what}, and keeps it when it is set: something stands between that changes statements`,
    );
  }
  return { knowsItsTimeline: !String(history).split('/', 2).includes(UNTOLD) };
}

/** Why a connection to a standby can't be used. */
export const READS_ELSEWHERE =
  'has a standby answer what is only read, which may be behind. Connect to the primary itself, or turn that off ' +
  '(load_balance_mode = off in pgpool)';

/** Why a connection can't be used whose session turns out to be another one. */
export function notOurs(who = ''): Refusal {
  return new Refusal(
    `${who}is reached through a pooler in transaction or statement mode, which gives the session of a connection to others. ` +
      'The log needs a session of its own for each connection: connect to the server itself, or set the pooler to session mode',
  );
}
