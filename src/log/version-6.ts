import { createHmac } from 'node:crypto';
import { checksumOf } from './checksum.ts';
import type { Row } from './value.ts';

/** The columns that the checksum of a delivery in quarantine covers, in the order of the checksum. */
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

/** Ids that belong to nobody. Version 5 took them for a person's, and kept deliveries with them, of any account, without people. */
export const NOBODYS = ['00000000-0000-0000-0000-000000000000', 'undefined', 'anonymous'];

const DIGEST = 1;
const EVENT_ID = 4;
const ISSUES = 5;

/** The values of version 6 that replace those of version 5. */
export interface Rekeyed {
  readonly digest: string;
  readonly eventId: string | null;
  readonly checksum: number | null;
}

/**
 * Up to version 5 the digest of a delivery in quarantine was the plain SHA-256 of the signed text. Somebody could use it to
 * confirm a guess of that text, also after an erasure. From version 6 on the digest is an HMAC with the log's secret. The
 * payload may be gone, so this is the HMAC of the plain digest.
 *
 * @param said the values of `SAID_IN_VERSION_5`.
 * @param isTaken whether an event has the delivery's id. Then the id stays, so that a release is recognized as that event.
 */
export function rekeyed(salt: string, said: Row, checksum: number | null, isTaken: boolean): Rekeyed {
  const [source, digest] = said;
  const eventId = said[EVENT_ID] ?? null;
  const isPlain = typeof eventId === 'string' && eventId.startsWith('derived:') && !isTaken;
  const keyed = createHmac('sha256', salt)
    .update(JSON.stringify(['digest', source, digest]))
    .digest('hex');
  const next = said.with(DIGEST, keyed).with(EVENT_ID, isPlain ? null : eventId);
  // A row that was altered before must stay recognizable: it keeps its checksum, which does not fit.
  const isAsWritten = checksum !== null && checksum === checksumOf(said, [ISSUES]);
  return {
    digest: keyed,
    eventId: isPlain ? null : (eventId as string | null),
    checksum: isAsWritten ? checksumOf(next, [ISSUES]) : checksum,
  };
}
