import type { Tombstone } from '../events/tombstone.ts';
import type { Row } from './value.ts';

export const TOMBSTONE_COLUMNS = ['mark', 'source', 'tenant', 'lasting', 'erased_at', 'ordered_by'] as const;

/** The values of `TOMBSTONE_COLUMNS`. */
export function toTombstoneRow({ mark, source, tenant, lasting, at, orderedBy }: Tombstone): Row {
  return [mark, source, tenant, lasting ? 1 : 0, at, orderedBy];
}

/** The tombstone of a row that was selected as `TOMBSTONE_COLUMNS`. */
export function fromTombstoneRow(row: Row): Tombstone {
  const [mark, source, tenant, lasting, at, orderedBy] = row;
  return { mark, source, tenant, lasting: Boolean(lasting), at, orderedBy } as Tombstone;
}
