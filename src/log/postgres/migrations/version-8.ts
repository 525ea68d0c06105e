import type { Row } from '../../value.ts';
import { COUNTED_TYPES, countedIn } from '../../version-8.ts';
import { type Connection, statement } from '../connection.ts';

/**
 * What version 8 adds to events: what they are counted by besides their types, a word of what happened, and ten-thousandths of
 * what they are worth. What counts is in `version-8-count.ts`.
 */
export const VERSION_8 = `
  ALTER TABLE hookcast.events ADD COLUMN happened text COLLATE "C", ADD COLUMN amount bigint,
    ADD COLUMN currency text COLLATE "C";
  UPDATE hookcast.events SET happened = 'CANCELED'
  WHERE kind IS NOT NULL AND shape NOT IN ('${COUNTED_TYPES.join("', '")}');
`;

/** After the events have been given what they are counted by, so that it is made once. */
export const VERSION_8_INDEX = 'CREATE INDEX events_by_shape ON hookcast.events (shape, seq)';

/** Rows at once. */
const PIECE = 500;
const EVENTS = statement(
  'SELECT seq, shape, (kind IS NOT NULL)::integer, data FROM hookcast.events ' +
    `WHERE seq > ?::bigint AND shape IN ('${COUNTED_TYPES.join("', '")}') ORDER BY seq LIMIT ?::bigint`,
);
const KEEP = statement(`
  UPDATE hookcast.events SET happened = given ->> 1, amount = (given ->> 2)::bigint, currency = given ->> 3
  FROM jsonb_array_elements(?::text::jsonb) AS given WHERE seq = (given ->> 0)::bigint`);

/** What older events say of what happened and of money. */
export async function fillCounted(connection: Connection): Promise<void> {
  for (let after = 0, full = true; full;) {
    const rows = await connection.ask(EVENTS, [after, PIECE]);
    const kept = rows.map(([seq = null, shape, cancelled, data]): Row => [
      seq,
      ...countedIn(String(shape), cancelled === 1, String(data)),
    ]);
    if (kept.length > 0) await connection.ask(KEEP, [JSON.stringify(kept)]);
    full = rows.length === PIECE;
    after = Number(rows.at(-1)?.[0] ?? after);
  }
}
