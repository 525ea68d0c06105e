import { matcher } from '../../events/filter.ts';
import type { Extent } from '../../events/cursor.ts';
import type { ReadRequest } from '../../events/event-log.ts';
import type { Wanted } from '../../events/words.ts';
import type { FoundWords } from '../found-words.ts';
import { SEARCHED_COLUMNS, fromSearchedRow } from '../searched-row.ts';
import type { Row } from '../value.ts';
import type { WordKeys } from '../word-keys.ts';
import type { Reader } from './reader.ts';
import { withPersonal } from './select-stored.ts';
import { SEARCHED } from './texts.ts';
import { SELECT_INDEXED, STRETCH, entryOf, fromBytes, stretchOf } from './words.ts';

/** The most events that one page compares with the search, and the most stretches that it looks into. Each takes some milliseconds. */
const MOST = { events: 1_000, stretches: 256 };

const COLUMNS = SEARCHED_COLUMNS.map((column) => `${column === 'personal' ? 'personal' : 'events'}.${column}`).join(
  ', ',
);
export const SELECT_SEARCHED = `SELECT ${COLUMNS} FROM events NOT INDEXED ${withPersonal('events')} WHERE events.seq`;
const SELECT_WAITING = 'SELECT seq FROM unindexed WHERE seq BETWEEN ? AND ?';

/**
 * Finds events by their words and by the rest of the filter. The index gives stretch by stretch the events that may fit, and each is
 * compared with the filter. Events that are not indexed are all compared.
 */
export function findWords(
  reader: Reader,
  keys: WordKeys,
  { direction, after, before, limit, filter }: ReadRequest,
  wanted: Wanted,
  { head, floor }: Extent,
): FoundWords {
  const isForward = direction === 'forward';
  const order = isForward ? 'ASC' : 'DESC';
  const lowest = Math.max(after?.seq ?? 0, floor.seq) + 1;
  const highest = Math.min((before?.seq ?? Infinity) - 1, head.seq);
  const indexed = Number(reader.one(SELECT_INDEXED));
  const fits = matcher(filter);
  const lookups = keys.lookups(wanted, filter.search?.people ?? false);
  const mayWait = reader.all('SELECT 1 FROM unindexed LIMIT 1').length > 0;
  const seqs: number[] = [];
  let left = MOST.events;
  let at = isForward ? lowest : highest;
  for (let stretches = 0; at >= lowest && at <= highest; stretches += 1) {
    const [[next = null] = []] = isForward
      ? reader.all('SELECT min(seq) FROM events WHERE seq >= ?', at)
      : reader.all('SELECT max(seq) FROM events WHERE seq <= ?', at);
    if (next === null || Number(next) < lowest || Number(next) > highest) break;
    const stretch = stretchOf(Number(next));
    const bounds = [Math.max(stretch * STRETCH, lowest), Math.min((stretch + 1) * STRETCH - 1, highest)] as const;
    if (stretches === MOST.stretches) return { seqs, reach: isForward ? Number(next) - 1 : Number(next) + 1 };
    for (const row of candidates(stretch, bounds)) {
      const seq = Number(row[0]);
      if (left === 0) return { seqs, reach: isForward ? seq - 1 : seq + 1 };
      left -= 1;
      if (!fits.event(fromSearchedRow(SEARCHED.decode(row)))) continue;
      seqs.push(seq);
      if (seqs.length === limit) return { seqs, reach: null };
    }
    at = isForward ? bounds[1] + 1 : bounds[0] - 1;
  }
  return { seqs, reach: null };

  /** The events of a stretch that may fit, in order. */
  function* candidates(stretch: number, bounds: readonly [number, number]): Iterable<Row> {
    const places = bounds[1] <= indexed || (stretch + 1) * STRETCH - 1 <= indexed ? placesOf(stretch) : null;
    if (!places) {
      yield* reader.each(`${SELECT_SEARCHED} BETWEEN ? AND ? ORDER BY events.seq ${order}`, ...bounds);
      return;
    }
    if (mayWait) {
      for (const [seq] of reader.all(SELECT_WAITING, ...bounds)) places.add(Number(seq) - stretch * STRETCH);
    }
    const sorted = [...places].map((place) => stretch * STRETCH + place).toSorted((one, other) => one - other);
    for (const seq of isForward ? sorted : sorted.toReversed()) {
      if (seq < bounds[0] || seq > bounds[1]) continue;
      yield* reader.all(`${SELECT_SEARCHED} = ?`, seq);
    }
  }

  /** The places in a stretch that have all words. Null if no word is long enough to be looked up. */
  function placesOf(stretch: number): Set<number> | null {
    let places: number[] | null = null;
    for (const keys of lookups) {
      const rows = reader.all(
        `SELECT places FROM words WHERE entry IN (${keys.map(() => '?').join(', ')})`,
        ...keys.map((key) => entryOf(stretch, key)),
      );
      const found = new Set(rows.flatMap(([bytes]) => fromBytes(bytes)));
      places = places ? places.filter((place) => found.has(place)) : [...found];
      if (places.length === 0) break;
    }
    return places && new Set(places);
  }
}
