import { PAUSED_COLUMNS } from '../paused-row.ts';
import { statement } from './connection.ts';
import { asRecords } from './row.ts';
import { CHANGED } from './tokens.ts';

const COLUMNS = PAUSED_COLUMNS.join(', ');
const given = asRecords('?::text::jsonb', PAUSED_COLUMNS);

export const LIST_PAUSED = statement(`SELECT ${COLUMNS} FROM hookcast.paused ORDER BY source`);
/** Answers what holds: what was there before, or what was given. */
export const PAUSE_SOURCE = statement(
  `WITH ${CHANGED} INSERT INTO hookcast.paused AS paused (${COLUMNS}) SELECT ${COLUMNS} FROM ${given}, changed ` +
    // It changes nothing: without it a row that is there would not be returned.
    'ON CONFLICT (source) DO UPDATE SET source = paused.source ' +
    `RETURNING ${PAUSED_COLUMNS.map((column) => `paused.${column}`).join(', ')}`,
);
export const RESUME_SOURCE = statement(
  `WITH ${CHANGED} DELETE FROM hookcast.paused USING changed WHERE source = ? RETURNING 1`,
);
