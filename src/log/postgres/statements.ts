import { ERASURE_COLUMNS, EVENT_COLUMNS, QUARANTINE_COLUMNS } from '../row.ts';
import { statement } from './connection.ts';

export const EXTENT = statement('SELECT epoch, floor, head, lineage::text FROM hookcast.extent');
// As text at first: the library would write JSON as JSON once more.
export const APPEND = statement(`SELECT epoch, array_to_json(positions)::text FROM hookcast.append(?, ?::text::jsonb)`);
export const ERASE = statement(
  `SELECT epoch, ${ERASURE_COLUMNS.map((column) => `(erasure).${column}`).join(', ')} ` +
    'FROM hookcast.erase(?, ?, ?, ?, ?, ?::bigint)',
);
export const TRIM = statement('SELECT hookcast.trim(?::bigint, ?::integer, ?::bigint)');
export const FIND = statement(
  `SELECT (SELECT epoch FROM hookcast.extent), seq, ${EVENT_COLUMNS.join(', ')} ` +
    'FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS wanted(source, event_id, place) ' +
    'LEFT JOIN hookcast.events USING (source, event_id) ORDER BY place',
);
export const QUARANTINE = statement('SELECT hookcast.quarantine(?::text::jsonb)');
const QUARANTINED = `SELECT id, ${QUARANTINE_COLUMNS.join(', ')} FROM hookcast.quarantine`;
export const LIST_QUARANTINED = statement(`${QUARANTINED} WHERE id > ?::bigint ORDER BY id LIMIT ?::bigint`);
export const FIND_QUARANTINED = statement(`${QUARANTINED} WHERE id = ?::bigint`);
