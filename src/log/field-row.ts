import type { Field, Sighting } from '../events/drift.ts';
import type { Row } from './value.ts';

export const FIELD_COLUMNS = [
  'source',
  'type',
  'path',
  'change',
  'expected',
  'count',
  'first_seen_at',
  'last_seen_at',
] as const;

/** The most rows in one transaction, so that an append waits for no more of them. */
const PIECE = 200;

/** The rows of the sightings, in pieces of `PIECE`. Each field has one row, since one statement can't change a row twice. */
export function toFieldRows(sightings: readonly Sighting[]): Row[][] {
  const fields = new Map<string, Field>();
  for (const { source, type, path, change, expected, count, at } of sightings) {
    const key = JSON.stringify([source, type, path, change]);
    const before = fields.get(key) ?? { expected, count: 0, firstSeen: at, lastSeen: at };
    fields.set(key, {
      source,
      type,
      path,
      change,
      expected: before.expected,
      count: before.count + count,
      firstSeen: Math.min(before.firstSeen, at),
      lastSeen: Math.max(before.lastSeen, at),
    });
  }
  const rows = [...fields.values()].map(fieldOf);
  return Array.from({ length: Math.ceil(rows.length / PIECE) }, (_, index) =>
    rows.slice(index * PIECE, (index + 1) * PIECE),
  );
}

/** The values of `FIELD_COLUMNS`. */
export function fieldOf(field: Field): Row {
  const { source, type, path, change, expected, count, firstSeen, lastSeen } = field;
  return [source, type, path, change, expected ? 1 : 0, count, firstSeen, lastSeen];
}

/** The field of a row that was selected as `FIELD_COLUMNS`. */
export function fromFieldRow(row: Row): Field {
  const [source, type, path, change, expected, count, firstSeen, lastSeen] = row;
  return { source, type, path, change, expected: Boolean(expected), count, firstSeen, lastSeen } as Field;
}
