import type { Keeping, ListedRefused, NewRefused, Refused, RefusedRoom } from '../events/refused.ts';
import type { Row } from './value.ts';

export const NEW_REFUSED_COLUMNS = [
  'source',
  'sender',
  'digest',
  'reason',
  'size',
  'sealed',
  'received_at',
  'expires_at',
] as const;
export const REFUSED_COLUMNS = ['id', ...NEW_REFUSED_COLUMNS] as const;
/** All columns except the sealed request, which is large, and its digest. */
export const LISTED_REFUSED_COLUMNS = [
  'id',
  'source',
  'sender',
  'reason',
  'size',
  'received_at',
  'expires_at',
] as const;

export function toRefusedRow(refused: NewRefused): Row {
  const { source, sender, digest, reason, size, sealed, receivedAt, expiresAt } = refused;
  return [source, sender, digest, reason, size, sealed, receivedAt, expiresAt];
}

export function fromRefusedRow(row: Row): Refused {
  const [id, source, sender, digest, reason, size, sealed, receivedAt, expiresAt] = row;
  return {
    id: Number(id),
    source: String(source),
    sender: String(sender),
    digest: String(digest),
    reason: String(reason),
    size: Number(size),
    sealed: String(sealed),
    receivedAt: Number(receivedAt),
    expiresAt: Number(expiresAt),
  };
}

export function fromListedRefusedRow(row: Row): ListedRefused {
  const [id, source, sender, reason, size, receivedAt, expiresAt] = row;
  return {
    id: Number(id),
    source: String(source),
    sender: String(sender),
    reason: String(reason),
    size: Number(size),
    receivedAt: Number(receivedAt),
    expiresAt: Number(expiresAt),
  };
}

/** How much is kept of each sender of each source. `size` counts the characters of `sealed`. */
export type Kept = readonly (readonly [source: string, sender: string, count: number, size: number])[];

/** The keys of two sums: that of a whole source, and that of one of its senders. */
function keysOf(source: string, sender: string): readonly [string, string] {
  return [JSON.stringify([source]), JSON.stringify([source, sender])];
}

/** For each refused delivery, whether there is room for it beside the ones before it that have room. */
export function placesFor(refused: readonly NewRefused[], kept: Kept, room: RefusedRoom): readonly boolean[] {
  const sums = new Map<string, { count: number; size: number }>();
  const sumOf = (key: string) => {
    const known = sums.get(key) ?? { count: 0, size: 0 };
    sums.set(key, known);
    return known;
  };
  const add = (keys: readonly string[], count: number, size: number) => {
    for (const sum of keys.map(sumOf)) [sum.count, sum.size] = [sum.count + count, sum.size + size];
  };
  for (const [source, sender, count, size] of kept) add(keysOf(source, sender), count, size);
  return refused.map(({ source, sender, size }) => {
    const keys = keysOf(source, sender);
    const [all, theirs] = keys.map(sumOf) as [{ count: number; size: number }, { count: number; size: number }];
    const fits =
      all.count + 1 <= room.count &&
      all.size + size <= room.size &&
      theirs.count + 1 <= room.count / 2 &&
      theirs.size + size <= room.size / 2;
    if (fits) add(keys, 1, size);
    return fits;
  });
}

export function toKeeping(hasPlace: boolean, isNew: boolean): Keeping {
  if (!hasPlace) return 'full';
  return isNew ? 'kept' : 'known';
}
