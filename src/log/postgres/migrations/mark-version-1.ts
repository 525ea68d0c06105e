import { Marker } from '../../marks.ts';
import type { Row } from '../../value.ts';
import { marksOfVersion1, marksOfVersion1Delivery } from '../../version-1.ts';
import { type Connection, type Statement, statement } from '../connection.ts';
import { fromText } from '../text.ts';

/** Rows at once. */
const PIECE = 500;

const SALT = statement('SELECT salt FROM hookcast.log');
const EVENTS = statement(
  'SELECT seq, source, tenant, personal, raw FROM hookcast.events WHERE seq > ?::bigint ORDER BY seq LIMIT ?::bigint',
);
const DELIVERIES = statement(
  'SELECT id, source, payload FROM hookcast.quarantine WHERE id > ?::bigint ORDER BY id LIMIT ?::bigint',
);
const MARK_EVENTS = statement(`
  UPDATE hookcast.events SET marks = ARRAY(SELECT jsonb_array_elements_text(given -> 1))
  FROM jsonb_array_elements(?::text::jsonb) AS given WHERE seq = (given ->> 0)::bigint`);
const MARK_DELIVERIES = statement(`
  UPDATE hookcast.quarantine SET marks = ARRAY(SELECT jsonb_array_elements_text(given -> 1))
  FROM jsonb_array_elements(?::text::jsonb) AS given WHERE id = (given ->> 0)::bigint`);

/** Finds the people in what version 1 recorded, so that they can be erased like others. */
export async function markVersion1(connection: Connection): Promise<void> {
  const [[salt] = []] = await connection.ask(SALT, []);
  const marker = new Marker(String(salt));
  await markAll(connection, EVENTS, MARK_EVENTS, ([, source, tenant, personal = null, raw = null]) =>
    marksOfVersion1(
      { source: textOf(source), tenant: textOf(tenant), personal: orNull(personal), raw: orNull(raw) },
      marker,
    ),
  );
  await markAll(connection, DELIVERIES, MARK_DELIVERIES, ([, source, payload]) =>
    marksOfVersion1Delivery({ source: textOf(source), payload: String(payload) }, marker),
  );
}

async function markAll(
  connection: Connection,
  select: Statement,
  mark: Statement,
  marksOf: (row: Row) => string | null,
): Promise<void> {
  for (let after = 0, full = true; full;) {
    const rows = await connection.ask(select, [after, PIECE]);
    const found = rows.map((row) => [row[0], marksOf(row)] as const).filter(([, marks]) => marks !== null);
    if (found.length > 0) {
      await connection.ask(mark, [`[${found.map(([id, marks]) => `[${id},${marks}]`).join(',')}]`]);
    }
    full = rows.length === PIECE;
    after = Number(rows.at(-1)?.[0] ?? after);
  }
}

function textOf(value: Row[number] | undefined): string {
  return fromText(String(value));
}

function orNull(value: Row[number]): string | null {
  return value === null ? null : String(value);
}
