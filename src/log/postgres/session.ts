import type { Row } from '../value.ts';
import { Refusal } from './refusal.ts';

/** How long a statement may take, by the server's clock, in milliseconds. */
const STATEMENT = 4_000;
/** Ends a longer timeout of the session. `RESET` would bring back the default of the database or the role. */
export const USUAL_TIMEOUT = `SET statement_timeout = ${STATEMENT}`;

/**
 * Settings on which our promises depend, so every connection must have them. The defaults of the database, the role or a pooler may
 * differ. A statement sets them, and not the start of the connection, because poolers silently drop startup parameters that they don't
 * know (PgBouncer's `ignore_startup_parameters`). They are read back, since nobody else would notice a difference.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // A commit is durable before it is answered. With `synchronous_standby_names`, it is durable on a standby as well.
  synchronous_commit: 'on',
  // The statements of an append must see what was committed while it waited for its turn.
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  // A slow statement costs no connection: the server gives up before we do.
  statement_timeout: String(STATEMENT),
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  // These two exist from PostgreSQL 14 and 17 on. The listening connection is silent for long, and a copy's transactions are long.
  idle_session_timeout: '0',
  transaction_timeout: '0',
  // These decide what texts and patterns in statements mean, and which function a name calls.
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  search_path: 'pg_catalog',
  // If a policy would hide rows, the statement fails. Otherwise a log without some of its events would look whole.
  row_security: 'off',
  // PostgreSQL would take a tenth of a second to compile a plan whose estimated cost is high.
  jit: 'off',
  // Parameters hold people's data, and errors would write them into the server's log.
  log_parameter_max_length_on_error: '0',
};

/** Settings that not every role may set, so they are only checked. */
const GIVEN: Readonly<Record<string, string>> = {
  // With another value the triggers that count would not fire.
  session_replication_role: 'origin',
  // The server would serve a damaged page as it is, or as an empty one, and acknowledged events would be missing.
  zero_damaged_pages: 'off',
  ignore_checksum_failure: 'off',
};

const WANTED: Readonly<Record<string, string>> = { ...SETTINGS, ...GIVEN };

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Stands for an answer that the server refuses to give. */
const UNTOLD = 'untold';

/**
 * SQL that prepares a new session: its settings, a mark to recognize it by, and its history, which is the server and its timeline. A
 * promoted standby has its own timeline, and so has a backup that was restored to a point in time. The history can't change while we
 * are connected to a primary. On a standby it is empty.
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
      -- Sets only the settings that this version of PostgreSQL has.
      PERFORM set_config(wanted.name, wanted.value, false)
      FROM (VALUES ${values.join(', ')}) AS wanted (name, value)
      JOIN pg_catalog.pg_settings AS known ON known.name = wanted.name::pg_catalog.text COLLATE "C";
      -- PostgreSQL logs slow statements with their parameters, which hold personal data. Most roles are not allowed to
      -- turn that off.
      BEGIN
        PERFORM set_config('log_parameter_max_length', '0', false);
      EXCEPTION WHEN insufficient_privilege THEN NULL;
      END;
      PERFORM set_config('hookcast.session', '${mark}', false);
      IF NOT pg_is_in_recovery() THEN
        -- Aurora refuses the second function with 0A000 or 55000. The administrator of a hardened server may forbid
        -- both.
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
      -- A Neon branch from an earlier moment has another timeline of Neon's, but the same timeline of PostgreSQL's.
      PERFORM set_config('hookcast.history', CASE WHEN pg_is_in_recovery() THEN '' ELSE
        server || '/' || line || coalesce('/' || nullif(current_setting('neon.timeline_id', true), ''), '') END, false);
    END $settle$`;
}

/** Selects one row about the session, for `assertSettled`. */
export const SELECT_SESSION = `
  SELECT current_setting('hookcast.session', true), current_setting('hookcast.history', true), pg_is_in_recovery(),
    current_setting('fsync'), current_setting('neon.timeline_id', true), current_setting('server_encoding'),
    (SELECT json_object_agg(name, setting)::text FROM pg_catalog.pg_settings
     WHERE name IN (${Object.keys(WANTED).map(quoted).join(', ')})), current_setting('full_page_writes')`;

/** Selects how the session commits, and its mark. A write returns this, to be compared with `promiseOf`. */
export const SELECT_PROMISE =
  "current_setting('synchronous_commit') || ' ' || current_setting('hookcast.session', true)";

export function promiseOf(mark: string): string {
  return `${SETTINGS['synchronous_commit']} ${mark}`;
}

/** What an operator is told of a server that is used nevertheless. */
export interface Traits {
  /** Whether the server has said on which timeline it is. */
  readonly knowsItsTimeline: boolean;
  readonly writesFullPages: boolean;
}

/** Checks the row of `SELECT_SESSION`. @throws {Error} saying what is not as it must be. */
export function assertSettled(row: Row | undefined, mark: string): Traits {
  const [session, history, isStandby, fsync, neon, encoding, settings, fullPages] = row ?? [];
  if (session !== mark) throw notOurs();
  // A standby that was promoted between the two statements has no history yet. Without one, each append would begin an epoch.
  if ((isStandby as unknown) === true || history === '') throw new Error('is a standby');
  // Neon's servers run without fsync: a commit is on the disks of several other servers before it is answered.
  if (fsync !== 'on' && !neon) {
    throw new Refusal('runs with fsync off, so it would lose acknowledged events');
  }
  if (encoding !== 'UTF8') throw new Refusal(`has a database in ${encoding}; make one with ENCODING 'UTF8'`);
  const found = JSON.parse(String(settings)) as Record<string, string>;
  for (const [name, wanted] of Object.entries(WANTED)) {
    const is = found[name];
    if (is === undefined || is === wanted) continue;
    const what = `has ${name} = ${is} where ${wanted} is needed`;
    throw new Refusal(
      name in GIVEN
        ? `${what}; remove the setting from the database and the role`
        : `${what}, and setting it has no effect: something between the gateway and the server changes statements`,
    );
  }
  return {
    knowsItsTimeline: !String(history).split('/', 2).includes(UNTOLD),
    // Neon's servers have no pages of their own to damage.
    writesFullPages: fullPages === 'on' || Boolean(neon),
  };
}

/** Why a connection to a standby can't be used. */
export const READS_ELSEWHERE =
  'sends reads to a standby, which may be behind. Connect to the primary itself, or turn load balancing off ' +
  '(load_balance_mode = off in pgpool)';

/** The error of a connection whose session turns out to be another one. */
export function notOurs(who = ''): Refusal {
  return new Refusal(
    `${who}is reached through a pooler in transaction or statement mode, so other clients share the session of a connection. ` +
      'The log needs a session of its own for each connection: connect to the server itself, or set the pooler to session mode',
  );
}
