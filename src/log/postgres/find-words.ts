import type { ReadRequest } from '../../events/event-log.ts';
import { type EventFilter, matcher } from '../../events/filter.ts';
import { WORDING, type Wanted } from '../../events/words.ts';
import type { FoundWords } from '../found-words.ts';
import { SEARCHED_COLUMNS, fromSearchedRow } from '../searched-row.ts';
import type { Value } from '../value.ts';
import type { WordKeys } from '../word-keys.ts';
import { type Connection, statement } from './connection.ts';
import { decode } from './row.ts';
import { BEYOND, LISTS, type SqlQuery, listOf } from './select.ts';

/** The most events that one page compares with the search. */
const MOST = 1_000;
/** The fewest that are read at once. */
const FEWEST = 64;
/** How many entries of the index are looked at one after the other, before the index is searched by its keys. */
const WALKED = 20_000;

/**
 * Finds events by their words and by the rest of the filter, in the caller's snapshot: the index gives the events that may fit, in order,
 * and each is compared with the filter.
 */
export async function findWords(
  connection: Connection,
  keys: WordKeys,
  request: ReadRequest,
  wanted: Wanted,
): Promise<FoundWords> {
  const { direction, after, before, limit, filter } = request;
  const isForward = direction === 'forward';
  const people = filter.search?.people ?? false;
  const lookups = keys.lookups(wanted, people);
  const fits = matcher(filter);
  const seqs: number[] = [];
  let [lowest, highest]: [Value, Value] = [after?.seq ?? 0, before?.seq ?? BEYOND];
  for (let [left, size] = [MOST, Math.max(FEWEST, 2 * limit)]; left > 0; size = MOST) {
    const count = Math.min(left, size);
    const { sql, parameters } = selectCandidates(filter, lookups, people, { isForward, lowest, highest, count });
    // The plan depends on how common the words are.
    const rows = await connection.ask(statement(sql, 'anew'), parameters);
    for (const row of rows) {
      const isThere = row[1] !== null;
      if (!isThere || !fits.event(fromSearchedRow(decode(SEARCHED_COLUMNS, row)))) continue;
      seqs.push(Number(row[0]));
      if (seqs.length === limit) return { seqs, reach: null };
    }
    if (rows.length < count) return { seqs, reach: null };
    left -= count;
    const last = Number(rows.at(-1)![0]);
    if (isForward) lowest = last;
    else highest = last;
  }
  return { seqs, reach: Number(isForward ? lowest : highest) };
}

interface Stretch {
  readonly isForward: boolean;
  /** Exclusive, like `highest`. */
  readonly lowest: Value;
  readonly highest: Value;
  readonly count: number;
}

/**
 * Selects the first events of a stretch that may fit, as `SEARCHED_COLUMNS`: those that the index has under all keys, and those
 * that it lacks. An event that doesn't fit the lists of the filter has its position only.
 *
 * A common word is found by looking at some entries of the index in order, and a rare one by its keys: sorting all events with a
 * common word would take longer the larger the log is.
 */
function selectCandidates(
  filter: EventFilter,
  lookups: readonly (readonly number[])[],
  people: boolean,
  { isForward, lowest, highest, count }: Stretch,
): SqlQuery {
  const order = isForward ? 'ASC' : 'DESC';
  const first = `ORDER BY seq ${order} LIMIT ${count}`;
  const within = '(SELECT lowest FROM stretch) < seq AND seq < (SELECT highest FROM stretch)';
  const arrays = lookups.map((keys) => `keys && '{${keys.join(',')}}'::integer[]`);
  const hasKeys = arrays.join(' AND ') || 'false';
  const beyond = isForward ? 'seq > (SELECT max(seq) FROM walked)' : 'seq < (SELECT min(seq) FROM walked)';
  const columns = SEARCHED_COLUMNS.slice(1).map((column) =>
    column === 'personal' && !people ? 'NULL::text' : `event.${column}`,
  );
  const conditions = ['event.seq = candidate.seq'];
  const parameters: Value[] = [lowest, highest];
  const where = (condition: string, value: Value) => {
    conditions.push(condition);
    parameters.push(value);
  };
  for (const { name, column } of LISTS) {
    if (filter[name] !== undefined) where(`event.${column} = ANY (?::text[])`, listOf(filter[name]));
  }
  if (filter.occurredFrom !== undefined) where('event.occurred_at >= ?::bigint', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('event.occurred_at < ?::bigint', filter.occurredBefore);
  // Without a key, all events are candidates.
  const upTo = lookups.length === 0 ? '0::bigint' : `hookcast.indexed(${WORDING})`;
  return {
    sql:
      `WITH stretch AS MATERIALIZED (SELECT ?::bigint AS lowest, ?::bigint AS highest, ${upTo} AS up_to), ` +
      `walked AS MATERIALIZED (SELECT seq, ${hasKeys} AS fits FROM (SELECT seq, keys FROM hookcast.words ` +
      `WHERE ${within} AND seq <= (SELECT up_to FROM stretch) ORDER BY seq ${order} LIMIT ${WALKED}) AS entries), ` +
      `keyed AS MATERIALIZED (SELECT seq FROM hookcast.words WHERE ${hasKeys} AND ${beyond} AND ${within} ` +
      `AND seq <= (SELECT up_to FROM stretch) ` +
      `AND (SELECT count(*) FROM walked) = ${WALKED} AND (SELECT count(*) FROM walked WHERE fits) < ${count}) ` +
      `SELECT candidate.seq, ${columns.join(', ')} FROM (SELECT seq FROM (` +
      `(SELECT seq FROM walked WHERE fits ${first}) UNION ALL (SELECT seq FROM keyed ${first}) UNION ALL ` +
      `(SELECT seq FROM hookcast.unindexed WHERE ${within} AND seq <= (SELECT up_to FROM stretch) ${first}) UNION ALL ` +
      `(SELECT seq FROM hookcast.events WHERE ${within} AND seq > (SELECT up_to FROM stretch) ${first})) AS found ${first}) AS candidate ` +
      `LEFT JOIN hookcast.events AS event ON ${conditions.join(' AND ')} ORDER BY candidate.seq ${order}`,
    parameters,
  };
}
