import type { ReadRequest } from '../../events/event-log.ts';
import type { RecordedEvent } from '../../events/event.ts';
import { matcher } from '../../events/filter.ts';
import { Marker } from '../marks.ts';
import { SAMPLED, areOwn } from '../own-marks.ts';
import type { Row } from '../value.ts';
import { Damage } from './damage.ts';
import { personalOf } from './personal.ts';
import type { Reader } from './reader.ts';

const EPOCH = /^[\w-]{8,64}$/;
const SALT = /^[\w-]{32}$/;

/**
 * The log's epoch, the secret of its marks, and the last position whose event an older hookcast named. @throws {Damage} if epoch or
 * secret has another form.
 */
export function identityIn(reader: Reader): {
  readonly epoch: string;
  readonly salt: string;
  readonly formerUpTo: number;
} {
  const [[epoch, salt, formerUpTo] = []] = reader.all('SELECT epoch, salt, former_up_to FROM log');
  if (typeof epoch !== 'string' || typeof salt !== 'string' || !EPOCH.test(epoch) || !SALT.test(salt)) {
    throw new Damage('it has no epoch');
  }
  return { epoch, salt, formerUpTo: Number(formerUpTo) };
}

/** Selects the payloads and marks of the oldest and of the newest events. */
const SAMPLES = ['ASC', 'DESC'].map(
  (order) =>
    `SELECT raw, marks FROM (SELECT seq, personal_seq FROM events ORDER BY seq ${order} LIMIT ${SAMPLED}) AS events ` +
    `CROSS JOIN personal ON ${personalOf('events')} WHERE raw IS NOT NULL AND marks IS NOT NULL`,
);

/** Whether the events were marked with this secret, as far as the oldest and the newest can tell. */
export function hasOwnMarks(salt: string, all: (sql: string) => readonly Row[]): boolean {
  const marker = new Marker(salt);
  return SAMPLES.every((sql) =>
    areOwn(
      marker,
      all(sql).map(([raw, marks]) => ({ raw: String(raw), marks: String(marks) })),
    ),
  );
}

/**
 * Compares the events that SQLite found with the request. SQLite has no checksums, so it may believe a wrong index, or a page from
 * another place.
 *
 * @throws {Damage} if the events are out of order, or don't fit the request.
 */
export function assertFits({ after, before, filter }: ReadRequest, events: readonly RecordedEvent[]): void {
  // The search has compared the words already, and the events may be read without their people here.
  const { search: _, ...lists } = filter;
  const wanted = matcher(lists);
  let last = after?.seq ?? 0;
  for (const event of events) {
    const { seq } = event.cursor;
    if (seq <= last || (before && seq >= before.seq)) throw new Damage(`position ${seq} is out of order`);
    if (!wanted.event(event)) throw new Damage(`an index is wrong about position ${seq}`);
    last = seq;
  }
}
