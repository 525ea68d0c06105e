import type { ReadRequest } from '../../events/event-log.ts';
import type { RecordedEvent } from '../../events/event.ts';
import { matcher } from '../../events/filter.ts';
import { Damage } from './damage.ts';
import type { Reader } from './reader.ts';

const EPOCH = /^[\w-]{8,64}$/;
const SALT = /^[\w-]{32}$/;

/** Who the log is, the secret of its marks, and up to where an older hookcast named events. @throws {Damage} */
export function identityIn(reader: Reader): {
  readonly epoch: string;
  readonly salt: string;
  readonly formerUpTo: number;
} {
  const [[epoch, salt, formerUpTo] = []] = reader.all('SELECT epoch, salt, former_up_to FROM log');
  if (typeof epoch !== 'string' || typeof salt !== 'string' || !EPOCH.test(epoch) || !SALT.test(salt)) {
    throw new Damage('it does not say which log it is');
  }
  return { epoch, salt, formerUpTo: Number(formerUpTo) };
}

/**
 * SQLite has no checksums, and believes what an index or a page of another place says: so what it found is held against
 * what was asked for.
 *
 * @throws {Damage} when the events are out of order, or others than were asked for.
 */
export function assertFits({ after, before, filter }: ReadRequest, events: readonly RecordedEvent[]): void {
  const wanted = matcher(filter);
  let last = after?.seq ?? 0;
  for (const event of events) {
    const { seq } = event.cursor;
    if (seq <= last || (before && seq >= before.seq)) throw new Damage(`position ${seq} is out of order`);
    if (!wanted.event(event)) throw new Damage(`an index is wrong about position ${seq}`);
    last = seq;
  }
}
