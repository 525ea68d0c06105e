import { ALL_PARTS, type Parts } from '../../events/event.ts';
import { SERVED_FOR } from '../../events/served.ts';
import { ANSWER_COLUMNS } from '../answer-count-row.ts';
import { BROUGHT_COLUMNS } from '../received-secret-row.ts';
import { FIELD_COLUMNS } from '../field-row.ts';
import { QUARANTINE_COLUMNS } from '../quarantine-row.ts';
import { TOMBSTONE_COLUMNS } from '../tombstone-row.ts';
import { statement } from './connection.ts';
import { VERSION } from './migrations/steps.ts';
import { REVISING } from './names.ts';
import { asRecords } from './row.ts';
import { bytesOf, columnsOf } from './select.ts';
import { SELECT_PROMISE } from './session.ts';

/** Of a statement that writes: fails when the log's schema is of another version, and is true otherwise. */
export const KNOWS = `hookcast.knows(${VERSION})`;
export const ASSERT_VERSION = statement(`SELECT ${KNOWS}`);

export const EXTENT = statement('SELECT epoch, floor, head, mark, lineage::text FROM hookcast.extent');
// What waits in quarantine is counted in its index alone.
export const MEASURE = statement(
  'SELECT epoch, floor, head, mark, ' +
    "(SELECT count(*) FROM (SELECT FROM hookcast.quarantine WHERE state = 'WAITING' LIMIT 100000) AS waiting), " +
    '(SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class ' +
    "WHERE relnamespace = 'hookcast'::regnamespace AND relkind = 'r') FROM hookcast.extent",
);
/** The secret, whether an older hookcast's names may be there, and up to which position. */
export const NAMING = statement('SELECT salt, (former_up_to > floor)::integer, former_up_to FROM hookcast.log');
// As text at first: the library would write JSON as JSON once more.
export const APPEND = statement(
  `SELECT epoch, array_to_json(positions)::text, ${SELECT_PROMISE} FROM hookcast.append(${VERSION}, ?, ?, ?::text::jsonb)`,
);
export const ERASE = statement(
  `SELECT epoch, told, quarantined, nobodys, common FROM hookcast.erase(${VERSION}, ?, ?, ?, ?, ?, ?::text[], ?, ?::bigint, ?)`,
);
/** The same, taken back when one event was recorded: by a division by zero, so that the lock is never held between two statements. */
export const PROBE = statement(
  `SELECT 1 / (cardinality(positions) - 1) FROM hookcast.append(${VERSION}, ?, ?, ?::text::jsonb)`,
);
export const PREVIEW_ERASURE = statement(
  'SELECT events, subjects, without_subject, by_id, by_address, quarantined, nobodys, common ' +
    'FROM hookcast.preview_erasure(?, ?, ?, ?::text[], ?)',
);
/** The positions of those that were revised, as JSON, and how many were kept without their people. */
export const REVISE = statement(
  `SELECT array_to_json(positions)::text, held_back, ${SELECT_PROMISE} FROM hookcast.revise(${VERSION}, ?, ?, ?::bigint, ?::text::jsonb)`,
);
/** Held by the connection that asks, until it says so or is gone. */
export const TAKE_REVISING = statement(`SELECT pg_try_advisory_lock(${REVISING})::integer`);
export const END_REVISING = statement(`SELECT pg_advisory_unlock(${REVISING})::integer`);
export const TRIM = statement(`SELECT hookcast.trim(${VERSION}, ?::bigint, ?::integer, ?::bigint)`);
/** Of events by their keys: nothing at all when they have more bytes together than was said. */
const find = (parts: Parts) =>
  statement(
    `SELECT (SELECT epoch FROM hookcast.extent), ${columnsOf(parts)} FROM (` +
      `SELECT *, coalesce(sum(${bytesOf(parts)}) OVER (), 0) AS bytes ` +
      'FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS wanted(source, event_id, place) ' +
      'LEFT JOIN hookcast.events USING (source, event_id)) AS found WHERE bytes <= ?::bigint ORDER BY place',
  );
export const FIND = { whole: find(ALL_PARTS), data: find({ people: false, raw: false }) } as const;

/** The newest events with a mark. All of them are found before they are put in order: the planner would go through the whole log for few. */
export const FIND_ABOUT = statement(
  'WITH marked AS MATERIALIZED (SELECT seq, source, event_id FROM hookcast.events ' +
    'WHERE marks @> ARRAY[?::text] AND seq < ?::bigint AND (?::text[] IS NULL OR tenant = ANY (?::text[]))) ' +
    'SELECT source, event_id FROM marked ORDER BY seq DESC LIMIT ?::bigint',
);

export const QUARANTINE = statement(`SELECT hookcast.quarantine(${VERSION}, ?, ?::text::jsonb), ${SELECT_PROMISE}`);
export const SETTLE = statement(
  `SELECT ${QUARANTINE_COLUMNS.join(', ')} FROM hookcast.settle(${VERSION}, ?::bigint, ?, ?, ?::bigint)`,
);
const QUARANTINED = `SELECT ${QUARANTINE_COLUMNS.join(', ')} FROM hookcast.quarantine`;
const BETWEEN = `${QUARANTINED} WHERE id > ?::bigint AND id < ?::bigint`;
const listQuarantined = (order: 'ASC' | 'DESC') => ({
  ofAll: statement(`${BETWEEN} ORDER BY id ${order} LIMIT ?::bigint`),
  ofState: statement(`${BETWEEN} AND state = ? ORDER BY id ${order} LIMIT ?::bigint`),
});
export const LIST_QUARANTINED = { forward: listQuarantined('ASC'), backward: listQuarantined('DESC') };
export const FIND_QUARANTINED = statement(`${QUARANTINED} WHERE id = ?::bigint`);

export const FIELD_KEY = 'source, type, path, change';
// In one order for all callers: two statements that lock the same rows in different orders wait for each other.
export const RECORD_FIELDS = statement(
  `INSERT INTO hookcast.fields AS field (${FIELD_COLUMNS.join(', ')}) ` +
    `SELECT ${FIELD_COLUMNS.join(', ')} FROM ${asRecords('?::text::jsonb', FIELD_COLUMNS)} WHERE ${KNOWS} ` +
    'ORDER BY source COLLATE "C", type COLLATE "C", path COLLATE "C", change COLLATE "C" ' +
    `ON CONFLICT (${FIELD_KEY}) DO UPDATE SET count = field.count + excluded.count, ` +
    'first_seen_at = least(field.first_seen_at, excluded.first_seen_at), ' +
    'last_seen_at = greatest(field.last_seen_at, excluded.last_seen_at)',
);
export const LIST_FIELDS = statement(`SELECT ${FIELD_COLUMNS.join(', ')} FROM hookcast.fields ORDER BY ${FIELD_KEY}`);

const ANSWER_KEY = 'hour, source, outcome';
export const RECORD_ANSWERS = statement(
  `INSERT INTO hookcast.answers AS answer (${ANSWER_COLUMNS.join(', ')}) ` +
    `SELECT ${ANSWER_COLUMNS.join(', ')} FROM ${asRecords('?::text::jsonb', ANSWER_COLUMNS)} WHERE ${KNOWS} ` +
    'ORDER BY hour, source COLLATE "C", outcome COLLATE "C" ' +
    `ON CONFLICT (${ANSWER_KEY}) DO UPDATE SET count = answer.count + excluded.count, ` +
    'last_at = greatest(answer.last_at, excluded.last_at)',
);
export const LIST_ANSWERS = statement(
  `SELECT ${ANSWER_COLUMNS.join(', ')} FROM hookcast.answers WHERE hour >= ?::bigint ORDER BY source, outcome, hour`,
);
export const FORGET_ANSWERS = statement(
  `DELETE FROM hookcast.answers WHERE (${ANSWER_KEY}) IN ` +
    `(SELECT ${ANSWER_KEY} FROM hookcast.answers WHERE ${KNOWS} AND hour <= ?::bigint ORDER BY ${ANSWER_KEY} FOR UPDATE)`,
);

/** By the server's clock: those of gateways may differ. */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
/** Says which types a gateway serves, and counts the others that serve other ones. */
export const RECORD_TYPES = statement(
  `WITH said AS (INSERT INTO hookcast.gateways (gateway, types, seen_at) SELECT mine.gateway, mine.types, ${NOW} ` +
    `FROM (SELECT ?::text AS gateway, ?::text AS types) AS mine WHERE ${KNOWS} ` +
    'ON CONFLICT (gateway) DO UPDATE SET types = excluded.types, seen_at = excluded.seen_at RETURNING gateway, types) ' +
    'SELECT count(*)::integer FROM hookcast.gateways AS other, said ' +
    `WHERE other.gateway <> said.gateway AND other.types <> said.types AND other.seen_at > ${NOW} - ${SERVED_FOR}`,
);
/** Those as well that have ended without saying so. */
export const FORGET_TYPES = statement(
  `DELETE FROM hookcast.gateways WHERE ${KNOWS} AND (gateway = ? OR seen_at <= ${NOW} - ${SERVED_FOR})`,
);

/** Keeps one, and of its source the newest of them, the one that is added not counted. How many were let go of. */
export const KEEP_BROUGHT = statement(
  `WITH kept AS (INSERT INTO hookcast.brought (${BROUGHT_COLUMNS.join(', ')}) ` +
    `SELECT ?::text, ?::text, ?::bigint WHERE ${KNOWS} RETURNING id), ` +
    'gone AS (DELETE FROM hookcast.brought WHERE id IN (SELECT id FROM hookcast.brought ' +
    'WHERE source = ?::text ORDER BY id DESC OFFSET greatest(?::bigint - 1, 0)) RETURNING 1) SELECT count(*)::integer FROM gone',
);
/** Of one source, or of all. */
export const LIST_BROUGHT = statement(
  `SELECT ${BROUGHT_COLUMNS.join(', ')} FROM hookcast.brought WHERE source = coalesce(?::text, source) ORDER BY id`,
);

export const TOMBSTONES = statement(`SELECT ${TOMBSTONE_COLUMNS.join(', ')} FROM hookcast.tombstones`);
/** Marks of what comes after one position or id, up to another. */
export const LIST_MARKS = {
  events: statement(
    'SELECT seq, array_to_json(marks)::text FROM hookcast.events ' +
      'WHERE seq > ?::bigint AND seq <= ?::bigint AND marks IS NOT NULL ORDER BY seq',
  ),
  quarantine: statement(
    'SELECT id, array_to_json(marks)::text FROM hookcast.quarantine ' +
      'WHERE id > ?::bigint AND id <= ?::bigint AND marks IS NOT NULL ORDER BY id',
  ),
} as const;
