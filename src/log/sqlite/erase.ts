import type { DatabaseSync } from 'node:sqlite';
import type { ErasureOrder, ErasureRequest, PassedOver } from '../../events/erasure.ts';
import type { Marker } from '../marks.ts';
import { ERASURE_COLUMNS } from '../row.ts';
import type { Row } from '../value.ts';
import { TOMBSTONE_COLUMNS, toTombstoneRow } from '../tombstone-row.ts';
import { type Found, type Lost, type OfTenant, findPeople, lostAmong } from './find-people.ts';
import { drawPosition } from './draw.ts';
import { forgetPersonal } from './forget.ts';
import { takeOutPeople } from './quarantine.ts';
import { forgetWords, stretchOf } from './words.ts';

/**
 * The most events that one transaction erases, so that writers don't wait long, and from how many stretches of the index of words:
 * all personal keys of a stretch are looked through, which takes about 3 ms. It erases more if one subject has more.
 */
const PIECE = { events: 500, stretches: 20 };

/** A piece of an erasure: the positions of events that are erased in one transaction. */
export interface EraseProgress {
  readonly positions: readonly number[];
  readonly isLast: boolean;
}

/** The result of the first transaction: the rows of the erasures, as `ERASURE_COLUMNS`, and how many deliveries lost their people. */
export interface Erased {
  readonly rows: readonly Row[];
  readonly quarantined: number;
  readonly passedOver: PassedOver;
  /** The pieces that are left, each for a transaction of its own. Tombstones already hold back what arrives meanwhile. */
  readonly pieces: readonly EraseProgress[];
}

/** Erases people in the caller's transaction. If that would take too long, it leaves the events to later pieces. */
export function erase(database: DatabaseSync, marker: Marker, request: ErasureRequest, order: ErasureOrder): Erased {
  const found = findPeople(database, marker, request);
  holdBack();
  for (const id of found.waiting) takeOutPeople(database, id, order.at);
  const { passedOver } = found;
  const quarantined = found.waiting.length;
  const pieces = piecesOf(found);
  const [only] = pieces;
  if (!only?.isLast) return { rows: [], quarantined, passedOver, pieces };
  return { rows: erasePiece(database, only, request, order), quarantined, passedOver, pieces: [] };

  /** Lays the tombstones that hold back late events and deliveries about the people. */
  function holdBack(): void {
    const lay = database.prepare(
      `INSERT INTO tombstones (${TOMBSTONE_COLUMNS.join(', ')}) VALUES (${TOMBSTONE_COLUMNS.map(() => '?').join(', ')}) ` +
        'ON CONFLICT DO UPDATE SET erased_at = max(erased_at, excluded.erased_at), ordered_by = excluded.ordered_by, ' +
        'lasting = max(lasting, excluded.lasting)',
    );
    const of = (mark: string, lasting = false, source = '*', tenant = '*') =>
      lay.run(...toTombstoneRow({ mark, source, tenant, lasting, ...order }));
    for (const { source, tenant, subject } of found.subjects) of(`s${subject}`, true, source, tenant);
    for (const mark of found.contacts) of(mark);
    for (const { mark, lasting, source, tenant } of found.ids) of(mark, lasting, source, tenant ?? '*');
    if (request.by === 'email') {
      for (const mark of [marker.email(request.email), marker.mention(request.email)]) {
        of(mark, false, request.source ?? '*');
      }
    } else {
      const { source, subject, account } = request;
      if (!account) of(`s${subject}`, true, source);
    }
  }
}

/**
 * Erases the personal data of one piece, in the caller's transaction. Returns the rows of the erasures: one for each subject that
 * lost something. If the request names a subject with its account, the last piece always returns one for that subject.
 */
export function erasePiece(
  database: DatabaseSync,
  { positions, isLast }: EraseProgress,
  request: ErasureRequest,
  order: ErasureOrder,
): readonly Row[] {
  const targets = JSON.stringify(positions);
  const lost = lostAmong(database, targets);
  forgetPersonal(database, targets);
  forgetWords(
    database,
    lost.map(({ seq }) => seq),
    'personal',
  );
  const rows = subjectsOf(lost).map((events) => {
    const [{ provider, subject, ...of }] = events as [Lost];
    return add(
      provider,
      of,
      subject,
      events.map((event) => event.event_id),
    );
  });
  if (!isLast || request.by === 'email' || !request.account) return rows;
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

  function add(
    provider: string,
    { source, tenant }: OfTenant,
    subject: string | null,
    eventIds: readonly string[],
  ): Row {
    const ids = JSON.stringify(eventIds);
    const row: Row = [drawPosition(database), provider, source, tenant, subject, ids, order.at, order.orderedBy];
    database
      .prepare(
        `INSERT INTO erasures (${ERASURE_COLUMNS.join(', ')}) VALUES (${ERASURE_COLUMNS.map(() => '?').join(', ')})`,
      )
      .run(...row);
    return row;
  }
}

/**
 * The pieces of an erasure. The events by which the others were found come last: if an erasure breaks off, the caller repeats it,
 * and it must find the others again. The last piece also has all events that have only marks left to lose.
 */
function piecesOf({ lost, known, targets }: Found): readonly EraseProgress[] {
  const leading = new Set(known);
  const subjects = subjectsOf(lost).map((events) => events.map(({ seq }) => seq));
  const isLed = (positions: readonly number[]) => !positions.some((seq) => leading.has(seq));
  const pieces: number[][] = [[]];
  let stretches = new Set<number>();
  for (const positions of [...subjects.filter(isLed), ...subjects.filter((positions) => !isLed(positions))]) {
    const own = positions.map(stretchOf);
    const isTooMany =
      pieces.at(-1)!.length + positions.length > PIECE.events || new Set([...stretches, ...own]).size > PIECE.stretches;
    if (isTooMany && pieces.at(-1)!.length > 0) {
      pieces.push([]);
      stretches = new Set();
    }
    pieces.at(-1)!.push(...positions);
    for (const stretch of own) stretches.add(stretch);
  }
  const losing = new Set(subjects.flat());
  pieces.at(-1)!.push(...(JSON.parse(targets) as number[]).filter((seq) => !losing.has(seq)));
  return pieces.map((positions, index) => ({ positions, isLast: index === pieces.length - 1 }));
}

function subjectsOf(lost: readonly Lost[]): (readonly Lost[])[] {
  const groups = Map.groupBy(lost, ({ provider, source, tenant, subject }) =>
    JSON.stringify([provider, source, tenant, subject]),
  );
  return [...groups.values()];
}
