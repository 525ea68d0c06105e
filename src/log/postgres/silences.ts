import { statement } from './connection.ts';
import { KNOWS } from './statements.ts';

/** Answers a row to the one who noted it. */
export const BEGIN_SILENCE = statement(
  `INSERT INTO hookcast.silences (source, since_at) SELECT ?::text, ?::bigint WHERE ${KNOWS} ON CONFLICT DO NOTHING RETURNING 1`,
);
/** Answers since when it was silent to the one who ended it. */
export const END_SILENCE = statement(
  `DELETE FROM hookcast.silences WHERE ${KNOWS} AND source = ?::text RETURNING since_at`,
);
