import type { DatabaseSync } from 'node:sqlite';
import { FIELD_COLUMNS } from '../field-row.ts';
import type { Row } from '../value.ts';
import { countTokenChange } from './tokens.ts';

/** Adds what was seen, with rows as `FIELD_COLUMNS`, in the caller's transaction. */
export function recordFields(database: DatabaseSync, rows: readonly Row[]): void {
  const record = database.prepare(
    `INSERT INTO fields (${FIELD_COLUMNS.join(', ')}) VALUES (${FIELD_COLUMNS.map(() => '?').join(', ')}) ` +
      'ON CONFLICT DO UPDATE SET count = count + excluded.count, ' +
      'first_seen_at = min(first_seen_at, excluded.first_seen_at), last_seen_at = max(last_seen_at, excluded.last_seen_at)',
  );
  for (const row of rows) record.run(...row);
}

/** How many fields of the source, or of any, were not expected. They are now, and gateways hear of it. */
export function expectFields(database: DatabaseSync, source: string | null): number {
  const expect = database.prepare('UPDATE fields SET expected = 1 WHERE NOT expected AND source = coalesce(?, source)');
  const count = Number(expect.run(source).changes);
  if (count > 0) countTokenChange(database);
  return count;
}
