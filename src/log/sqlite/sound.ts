import type { ReadRequest } from '../../events/event-log.ts';
import type { RecordedEvent } from '../../events/event.ts';
import { matcher } from '../../events/filter.ts';
import { Damage } from './damage.ts';
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
