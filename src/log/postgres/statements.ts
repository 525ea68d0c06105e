import { ALL_PARTS, type Parts } from '../../events/event.ts';
import { statement } from './connection.ts';
import { VERSION } from './migrations/steps.ts';
import { REVISING } from './names.ts';
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

/** By the server's clock: those of gateways may differ. */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
