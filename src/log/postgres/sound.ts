import { Marker } from '../marks.ts';
import { OF_ANOTHER_SECRET, SAMPLED, areOwn } from '../own-marks.ts';
import type { Row } from '../value.ts';
import { type Connection, statement } from './connection.ts';
import { Refusal } from './refusal.ts';
import { NAMING } from './statements.ts';

/** The triggers of the schema, with their tables. */
const TRIGGERS: readonly (readonly [table: string, trigger: string])[] = [
  ['audit', 'audit_is_append_only'],
  ['events', 'count_forgotten'],
  ['events', 'count_recorded'],
  ['events', 'forget_moved_words'],
  ['events', 'forget_personal_words'],
  ['events', 'forget_words'],
  ['revisions', 'index_again'],
];

const wanted = `(VALUES ${TRIGGERS.map((pair) => `(${pair.map((name) => `'${name}'`).join(', ')})`).join(', ')})`;
const OURS = "relnamespace = 'hookcast'::regnamespace";

/** Selects what keeps the database from keeping our promises: the kind of the fault, and the list of where it is. */
const faults = (more: string) =>
  statement(`SELECT kind, string_agg(place, ', ' ORDER BY place) FROM (
    SELECT 'unlogged' AS kind, 'hookcast.' || relname::text AS place FROM pg_class
      WHERE ${OURS} AND relkind IN ('r', 'S') AND relpersistence <> 'p'
    UNION ALL SELECT 'unsynced', '' WHERE current_setting('fsync') <> 'on'
      AND coalesce(current_setting('neon.timeline_id', true), '') = ''
    UNION ALL SELECT 'disordered', 'hookcast.' || relname::text FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
      WHERE ${OURS} AND (seqcache <> 1 OR seqincrement < 1 OR seqcycle)
    UNION ALL SELECT 'untriggered', name || ' of hookcast.' || of_table FROM ${wanted} AS wanted (of_table, name)
      WHERE NOT EXISTS (
        SELECT FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE ${OURS} AND relname::text = of_table AND tgname::text = name AND tgenabled IN ('O', 'A'))${more}
  ) AS faults GROUP BY kind ORDER BY kind`);
const FAULTS = faults('');
/** An append without events tries all rights but those on quarantine. */
const FAULTS_OF_WRITER = faults(`
    UNION ALL SELECT 'forbidden', 'hookcast.quarantine' WHERE NOT (
      has_table_privilege('hookcast.quarantine', 'INSERT') AND has_table_privilege('hookcast.quarantine', 'UPDATE'))`);

const sample = (order: 'ASC' | 'DESC') =>
  statement(
    `SELECT raw, array_to_json(marks)::text FROM (SELECT * FROM hookcast.events ORDER BY seq ${order} LIMIT ${SAMPLED}) AS ends ` +
      'WHERE raw IS NOT NULL AND marks IS NOT NULL',
  );
const SAMPLES = [sample('ASC'), sample('DESC')];

const MEANINGS: Readonly<Record<string, (where: string) => string>> = {
  unlogged: (where) =>
    `a crash of the server would empty what is unlogged (${where}): ALTER TABLE or SEQUENCE … SET LOGGED`,
  unsynced: () => 'the server runs with fsync off, so it would lose acknowledged events',
  disordered: (where) =>
    `followers would miss events, since numbers are not given one after the other (${where}): ` +
    'ALTER SEQUENCE … INCREMENT 1 CACHE 1 NO CYCLE',
  untriggered: (where) =>
    `counts and erasures would be incomplete without triggers that are missing or disabled (${where}): see docs/SCALING.md, ` +
    '"Restored and moved databases"',
  forbidden: (where) => `the role may not write into ${where}`,
};

const told = ([kind, where]: Row): string => MEANINGS[String(kind)]!(String(where));

/** What keeps the database from keeping our promises, in sentences. */
export async function faultsOf(connection: Connection, patience?: number): Promise<readonly string[]> {
  const faults = (await connection.ask(FAULTS, [], patience)).map(told);
  const [[salt] = []] = await connection.ask(NAMING, [], patience);
  const marker = new Marker(String(salt));
  for (const asked of SAMPLES) {
    const rows = await connection.ask(asked, [], patience);
    if (
      !areOwn(
        marker,
        rows.map(([raw, marks]) => ({ raw: String(raw), marks: String(marks) })),
      )
    ) {
      return [...faults, OF_ANOTHER_SECRET];
    }
  }
  return faults;
}

/** @throws {Refusal} when the database would lose, hide or miscount what is written to it. */
export async function assertSound(connection: Connection): Promise<void> {
  refuse(await faultsOf(connection));
}

/** What a gateway looks at again and again. @throws {Refusal} */
export async function assertSoundForWriter(connection: Connection): Promise<void> {
  refuse((await connection.ask(FAULTS_OF_WRITER, [])).map(told));
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Refusal(faults.join('; '));
}
