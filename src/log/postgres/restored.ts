import { MEASURES, REFUND_EXPECTED, ROLLUPS, SPANS, countedAs } from '../activity-row.ts';
import { type Connection, statement } from './connection.ts';
import { APPENDING } from './names.ts';
import { ASSERT_VERSION } from './statements.ts';

/** How long the repair may take, in milliseconds. */
const PATIENCE = 10 * 60 * 1000;

/** Selects each sequence that would give a number that is taken already: its name, its next number, and the last number taken. */
export const SELECT_BEHIND = statement(`
  SELECT drawn.of_what, coalesce(pg_sequence_last_value(drawn.sequence), 0) + 1, drawn.last FROM (VALUES
    ('position', 'hookcast.events_seq_seq'::regclass, (SELECT head FROM hookcast.extent)),
    ('number in quarantine', 'hookcast.quarantine_id_seq'::regclass, (SELECT max(id) FROM hookcast.quarantine)),
    ('number of an epoch', 'hookcast.epochs_number_seq'::regclass, (SELECT max(number)::bigint FROM hookcast.epochs)),
    ('number of a secret that a sender brought', 'hookcast.brought_id_seq'::regclass, (SELECT max(id) FROM hookcast.brought)),
    ('number in the audit', 'hookcast.audit_id_seq'::regclass, (SELECT max(id) FROM hookcast.audit)),
    ('number of a refused delivery', 'hookcast.refused_id_seq'::regclass, (SELECT max(id) FROM hookcast.refused))
  ) AS drawn (of_what, sequence, last) WHERE drawn.last > coalesce(pg_sequence_last_value(drawn.sequence), 0)`);

/** Counts events at or below the floor: nobody is given them, and retention deletes them the next time. */
export const COUNT_BELOW = statement(
  'SELECT count(*) FROM hookcast.events WHERE seq <= (SELECT floor FROM hookcast.log)',
);

/**
 * Whether the counts of events are wrong. Only the oldest and the newest minute with counts are compared, because a restore that counts
 * again counts all events twice. To compare all would cost each start too much; `hookcast check` does it.
 */
const SAMPLE_COUNTS = statement(`
  WITH ends AS (
    (SELECT starts_at FROM hookcast.activity WHERE span = ${SPANS[0]} ORDER BY starts_at LIMIT 1)
    UNION (SELECT starts_at FROM hookcast.activity WHERE span = ${SPANS[0]} ORDER BY starts_at DESC LIMIT 1)
  )
  SELECT EXISTS (SELECT FROM ends WHERE
    (SELECT sum(events) FROM hookcast.activity WHERE span = ${SPANS[0]} AND starts_at = ends.starts_at) IS DISTINCT FROM
    (SELECT count(*) FROM hookcast.events
     WHERE occurred_at >= ends.starts_at AND occurred_at < ends.starts_at + ${SPANS[0]}))
  OR NOT EXISTS (SELECT FROM ends) AND EXISTS (SELECT FROM hookcast.events)`);

const DRAW_ON = statement('SELECT hookcast.draw_on()');
/** Moves these events to the end of the log, in their order, after every position that anybody has been given. */
const GIVE_ANEW = statement(`
  UPDATE hookcast.events SET seq = anew.seq FROM (
    SELECT old, nextval('hookcast.events_seq_seq') AS seq FROM (
      SELECT seq AS old FROM hookcast.events WHERE seq <= (SELECT floor FROM hookcast.log) ORDER BY seq
    ) AS below
  ) AS anew WHERE events.seq = anew.old`);

const spans = `(VALUES ${SPANS.map((span) => `(${span}::bigint)`).join(', ')}) AS spans (span)`;
const AS = countedAs(`(strpos(data, '${REFUND_EXPECTED}') > 0)::integer`);
/** Counts the events anew, by a key. */
const counted = (key: readonly string[]) => `
  SELECT ${key.map((column) => `${AS[column]} AS ${column}`).join(', ')},
    ${MEASURES.map((name) => `sum(${AS[name]})::bigint AS ${name}`).join(', ')}
  FROM hookcast.events CROSS JOIN ${spans} GROUP BY ${key.map((_, index) => index + 1).join(', ')}`;

const RECOUNT = ROLLUPS.map(
  ({ table, key }) =>
    `DELETE FROM hookcast.${table};
     INSERT INTO hookcast.${table} (${[...key, ...MEASURES].join(', ')}) ${counted(key)};`,
).join('');

/** Counts the wrong rows of each table of counts. */
export const COUNT_WRONG = ROLLUPS.map(({ table, key }) => {
  const columns = [...key, ...MEASURES].join(', ');
  return statement(
    `SELECT count(*) FROM (SELECT ${columns} FROM (${counted(key)}) AS said EXCEPT SELECT ${columns} FROM hookcast.${table}
     UNION ALL (SELECT ${columns} FROM hookcast.${table} EXCEPT SELECT ${columns} FROM (${counted(key)}) AS said)) AS wrong`,
  );
});

/**
 * Repairs a database that was moved by logical replication, which leaves sequences behind, or restored with `--data-only`, where the
 * triggers count a second time. The repair follows from the contents of the log, so that nobody need decide about it.
 *
 * @param warn - called with a sentence for each repair.
 */
export async function mendRestored(connection: Connection, warn: (message: string) => void): Promise<void> {
  const behind = await connection.ask(SELECT_BEHIND, []);
  const [[below] = []] = await connection.ask(COUNT_BELOW, []);
  const [[isMiscounted] = []] = await connection.ask(SAMPLE_COUNTS, []);
  if (behind.length === 0 && below === 0 && !isMiscounted) return;
  // All is read again under the lock of appends: another gateway may have repaired it meanwhile.
  await connection.script(
    `BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${APPENDING})`,
    PATIENCE,
  );
  try {
    // A newer gateway may have migrated the schema since this one looked.
    await connection.ask(ASSERT_VERSION, []);
    const [[drawn] = []] = await connection.ask(DRAW_ON, [], PATIENCE);
    const [[given] = []] = await connection.ask(COUNT_BELOW, [], PATIENCE);
    if (Number(given) > 0) await connection.ask(GIVE_ANEW, [], PATIENCE);
    const [[isWrong] = []] = await connection.ask(SAMPLE_COUNTS, [], PATIENCE);
    if (isWrong) await connection.script(RECOUNT, PATIENCE);
    await connection.script('COMMIT', PATIENCE);
    if (Number(drawn) > 0) {
      warn(
        `The database was moved without its sequences, which were behind its rows (${drawn} of them). They now continue after the ` +
          'newest rows.',
      );
    }
    if (Number(given) > 0) {
      warn(
        `${given} events stood below the oldest position, where no client receives them and retention deletes them. They now ` +
          'have new positions at the end of the log.',
      );
    }
    if (isWrong) warn('The counts of activity did not match the events. They were counted again.');
  } catch (error) {
    // The end of the connection rolls the transaction back.
    connection.destroy();
    throw error;
  }
}
