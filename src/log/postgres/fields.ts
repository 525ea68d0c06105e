import { statement } from './connection.ts';
import { FIELD_KEY } from './statements.ts';
import { CHANGED } from './tokens.ts';

/**
 * How many fields of the source, or of any, were not expected. They are now, and gateways hear of it. Two that do so at once take the same
 * locks in the same order: the log's row first, since the fields are read beside it.
 */
export const EXPECT_FIELDS = statement(
  `WITH ${CHANGED}, unexpected AS (` +
    `SELECT ${FIELD_KEY} FROM hookcast.fields, changed WHERE NOT expected AND source = coalesce(?, source) ` +
    `ORDER BY ${FIELD_KEY} FOR UPDATE OF fields), ` +
    'accepted AS (UPDATE hookcast.fields AS field SET expected = true FROM unexpected AS one ' +
    'WHERE (field.source, field.type, field.path, field.change) = (one.source, one.type, one.path, one.change) RETURNING 1) ' +
    'SELECT count(*) FROM accepted',
);
