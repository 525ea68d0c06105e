import type { DatabaseSync } from 'node:sqlite';
import type { ErasureOrder, ErasureRequest } from '../../events/erasure.ts';
import type { Marker } from '../marks.ts';
import { ERASURE_COLUMNS, type Row } from '../row.ts';
import { TOMBSTONE_COLUMNS, toTombstoneRow } from '../tombstone-row.ts';
import { type OfTenant, findPeople, valuesOf } from './find-people.ts';
import { takeOutPeople } from './quarantine.ts';

/** The rows of the erasures, as `ERASURE_COLUMNS`, and how many deliveries in quarantine lost their people. */
export interface Erased {
  readonly rows: readonly Row[];
  readonly quarantined: number;
}

/** Forgets people, in the caller's transaction. */
export function erase(database: DatabaseSync, marker: Marker, request: ErasureRequest, order: ErasureOrder): Erased {
  const found = findPeople(database, marker, request);
  const { lost } = found;
  forgetPersonal(database, found.targets);
  holdBack();
  const rows = erasures();
  for (const id of found.waiting) takeOutPeople(database, id, order.at);
  return { rows, quarantined: found.waiting.length };

  /** What is late about them, from here on. */
  function holdBack(): void {
    const lay = database.prepare(
      `INSERT INTO tombstones (${TOMBSTONE_COLUMNS.join(', ')}) VALUES (${TOMBSTONE_COLUMNS.map(() => '?').join(', ')}) ` +
        'ON CONFLICT DO UPDATE SET erased_at = max(erased_at, excluded.erased_at), ordered_by = excluded.ordered_by, ' +
        'lasting = max(lasting, excluded.lasting)',
    );
    const of = (mark: string, lasting = false, source = '*', tenant = '*') =>
      lay.run(...toTombstoneRow({ mark, source, tenant, lasting, ...order }));
    for (const { source, tenant, subject } of found.subjects) of(`s${subject}`, true, source, tenant);
    for (const mark of [...found.contacts, ...found.values]) of(mark);
    for (const mark of valuesOf(marker, found.subjects)) of(mark, true);
    if (request.by === 'email') {
      for (const mark of [marker.email(request.email), marker.mention(request.email)]) {
        of(mark, false, request.source ?? '*');
      }
    } else {
      const { source, subject, account } = request;
      if (!account) of(`s${subject}`, true, source);
      for (const mark of valuesOf(marker, [request])) of(mark, true);
    }
  }

  /** One for each subject that lost something, and always one for the subject that was asked for with its account. */
  function erasures(): Row[] {
    const insert = database.prepare(
      `INSERT INTO erasures (${ERASURE_COLUMNS.join(', ')}) VALUES (${ERASURE_COLUMNS.map(() => '?').join(', ')})`,
    );
    const draw = database.prepare("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events' RETURNING seq");
    const add = (
      provider: string,
      { source, tenant }: OfTenant,
      subject: string | null,
      eventIds: readonly string[],
    ) => {
      const [drawn] = draw.all();
      const ids = JSON.stringify(eventIds);
      const row: Row = [Number(drawn?.['seq']), provider, source, tenant, subject, ids, order.at, order.orderedBy];
      insert.run(...row);
      return row;
    };
    const groups = Map.groupBy(lost, ({ provider, source, tenant, subject }) =>
      JSON.stringify([provider, source, tenant, subject]),
    );
    const rows = [...groups.values()].flatMap((group) => {
      const [first] = group;
      const eventIds = group.map((event) => event.event_id);
      return first ? [add(first.provider, first, first.subject, eventIds)] : [];
    });
    if (request.by === 'email' || !request.account) return rows;
    const { source, subject, account } = request;
    const isOfIt = (row: Row) => row[2] === source && row[3] === account.tenant && row[4] === subject;
    if (rows.some(isOfIt)) return rows;
    const earlier = database.prepare(
      `SELECT ${ERASURE_COLUMNS.join(', ')} FROM erasures WHERE source = ? AND subject = ? AND tenant = ? ` +
        'ORDER BY seq DESC LIMIT 1',
    );
    earlier.setReturnArrays(true);
    const row = earlier.get(source, subject, account.tenant) as unknown as Row | undefined;
    return row ? [row, ...rows] : [...rows, add(account.provider, { source, tenant: account.tenant }, subject, [])];
  }
}

/** Lets go of what the events of these positions, a JSON list, say about people. */
export function forgetPersonal(database: DatabaseSync, positions: string): void {
  const of = 'seq IN (SELECT value FROM json_each(?))';
  database
    .prepare(
      'DELETE FROM people WHERE (mark, seq) IN ' +
        `(SELECT value, personal.seq FROM personal, json_each(personal.marks) WHERE personal.${of})`,
    )
    .run(positions);
  database.prepare(`UPDATE personal SET personal = NULL, raw = NULL, marks = NULL WHERE ${of}`).run(positions);
}
