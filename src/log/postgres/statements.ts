import { ALL_PARTS, type Parts } from '../../events/event.ts';
import { statement } from './connection.ts';
import { VERSION } from './migrations/steps.ts';
import { REVISING } from './names.ts';
import { bytesOf, columnsOf } from './select.ts';
import { SELECT_PROMISE } from './session.ts';

/** A condition in statements that write. It fails when the log's schema has another version, and is true otherwise. */
export const KNOWS = `hookcast.knows(${VERSION})`;
export const ASSERT_VERSION = statement(`SELECT ${KNOWS}`);

export const EXTENT = statement('SELECT epoch, floor, head, mark, lineage::text FROM hookcast.extent');
// Deliveries that wait in quarantine are counted in the index alone.
export const MEASURE = statement(
  'SELECT epoch, floor, head, mark, ' +
    "(SELECT count(*) FROM (SELECT FROM hookcast.quarantine WHERE state = 'WAITING' LIMIT 100000) AS waiting), " +
    '(SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class ' +
    "WHERE relnamespace = 'hookcast'::regnamespace AND relkind = 'r') FROM hookcast.extent",
);
/** Selects the secret, whether ids from an older hookcast may remain, and the last position that may have one. */
export const NAMING = statement('SELECT salt, (former_up_to > floor)::integer, former_up_to FROM hookcast.log');
// The parameter is cast to text first: otherwise the library would encode the JSON as JSON once more.
export const APPEND = statement(
  `SELECT epoch, array_to_json(positions)::text, ${SELECT_PROMISE} FROM hookcast.append(${VERSION}, ?, ?, ?::text::jsonb)`,
);
export const ERASE = statement(
  `SELECT epoch, told, quarantined, nobodys, common FROM hookcast.erase(${VERSION}, ?, ?, ?, ?, ?, ?::text[], ?, ?::bigint, ?)`,
);
/** Appends, and if one event was recorded, rolls it back by a division by zero. So the lock is never held between two statements. */
export const PROBE = statement(
  `SELECT 1 / (cardinality(positions) - 1) FROM hookcast.append(${VERSION}, ?, ?, ?::text::jsonb)`,
);
export const PREVIEW_ERASURE = statement(
  'SELECT events, subjects, without_subject, by_id, by_address, quarantined, nobodys, common ' +
    'FROM hookcast.preview_erasure(?, ?, ?, ?::text[], ?)',
);
/** Returns the positions of revised events, as JSON, and how many events were kept without their personal data. */
export const REVISE = statement(
  `SELECT array_to_json(positions)::text, held_back, ${SELECT_PROMISE} FROM hookcast.revise(${VERSION}, ?, ?, ?::bigint, ?::text::jsonb)`,
);
/** Revises as `REVISE` does, and if one event was revised, rolls it back by a division by zero. */
export const PROBE_REVISION = statement(
  `SELECT 1 / (cardinality(positions) - 1) FROM hookcast.revise(${VERSION}, ?, ?, ?::bigint, ?::text::jsonb)`,
);
/** Takes a lock that the connection holds until it releases it or ends. */
export const TAKE_REVISING = statement(`SELECT pg_try_advisory_lock(${REVISING})::integer`);
export const END_REVISING = statement(`SELECT pg_advisory_unlock(${REVISING})::integer`);
export const TRIM = statement(`SELECT hookcast.trim(${VERSION}, ?::bigint, ?::integer, ?::bigint)`);
/** Finds events of some tenants, or of all, by their keys. Returns no row at all when together they have more bytes than given. */
const find = (parts: Parts) =>
  statement(
    `SELECT (SELECT epoch FROM hookcast.extent), ${columnsOf(parts)} FROM (` +
      `SELECT *, coalesce(sum(${bytesOf(parts)}) OVER (), 0) AS bytes ` +
      'FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS wanted(source, event_id, place) ' +
      'LEFT JOIN (SELECT * FROM hookcast.events WHERE ?::text[] IS NULL OR tenant = ANY (?::text[])) AS events ' +
      'USING (source, event_id)) AS found WHERE bytes <= ?::bigint ORDER BY place',
  );
export const FIND = { whole: find(ALL_PARTS), data: find({ people: false, raw: false }) } as const;

/** Milliseconds since 1970 by the server's clock, because the gateways' clocks may differ. */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
