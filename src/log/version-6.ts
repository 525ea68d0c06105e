import { createHmac } from 'node:crypto';
import { checksumOf } from './checksum.ts';
import type { Row } from './value.ts';

/** The columns that the checksum of a delivery in quarantine is of, in its order. */
export const SAID_IN_VERSION_5 = [
  'source',
  'digest',
  'provider',
  'type',
  'event_id',
  'issues',
  'payload',
  'received_at',
] as const;

/** Ids of nobody that version 5 took for somebody's: what came with one of them, of any account, was kept without its people. */
export const NOBODYS = ['00000000-0000-0000-0000-000000000000', 'undefined', 'anonymous'];

const DIGEST = 1;
const EVENT_ID = 4;
const ISSUES = 5;

/** What version 6 has in the place of what version 5 had. */
export interface Rekeyed {
  readonly digest: string;
  readonly eventId: string | null;
  readonly checksum: number | null;
}

/**
 * Up to version 5 a delivery in quarantine had the plain SHA-256 of what was signed, by which a guess could be confirmed, also
 * after an erasure. From version 6 on it is an HMAC with the log's secret: without the payload that can't be made anew, so it
 * is one of the plain digest.
 *
 * @param said the values of `SAID_IN_VERSION_5`.
 * @param isTaken whether an event has the delivery's id. Then it stays, so that a release is known to be that event again.
 */
export function rekeyed(salt: string, said: Row, checksum: number | null, isTaken: boolean): Rekeyed {
  const [source, digest] = said;
  const eventId = said[EVENT_ID] ?? null;
  const isPlain = typeof eventId === 'string' && eventId.startsWith('derived:') && !isTaken;
  const keyed = createHmac('sha256', salt)
    .update(JSON.stringify(['digest', source, digest]))
    .digest('hex');
  const next = said.with(DIGEST, keyed).with(EVENT_ID, isPlain ? null : eventId);
  // What was altered before must not be vouched for: it keeps a checksum that is not its own.
  const isAsWritten = checksum !== null && checksum === checksumOf(said, [ISSUES]);
  return {
    digest: keyed,
    eventId: isPlain ? null : (eventId as string | null),
    checksum: isAsWritten ? checksumOf(next, [ISSUES]) : checksum,
  };
}
