import { parseExact } from '../events/exact-json.ts';
import type { Issue, NewQuarantined, Quarantined } from '../events/quarantine.ts';
import { remainderOf } from '../events/remainder.ts';
import { checksumOf } from './checksum.ts';
import type { Marker } from './marks.ts';
import { toJsonText } from './postgres/text.ts';
import { AlteredRow } from './altered-row.ts';
import type { Row } from './value.ts';
import { parsed } from './stored-event.ts';

const SAID = ['source', 'digest', 'provider', 'type', 'event_id', 'issues', 'payload', 'received_at'] as const;

/** The columns of a delivery that goes to quarantine, in the order of `toQuarantineRow`. */
export const NEW_QUARANTINE_COLUMNS = [...SAID, 'marks', 'checksum', 'remainder', 'tenant'] as const;
/** The columns of a delivery that is in quarantine, in the order of `fromQuarantineRow`. */
export const QUARANTINE_COLUMNS = ['id', ...SAID, 'state', 'settled_at', 'erased_at', 'checksum', 'tenant'] as const;

export function toQuarantineRow(delivery: NewQuarantined, marker: Marker): Row {
  const said = saidOf(delivery);
  const remainder = toRemainder(delivery.payload);
  return [...said, marker.ofDelivery(delivery), checksumOfSaid(said), remainder, delivery.tenant];
}

/** The part of a payload that stays when a person in it is erased. */
export function toRemainder(payload: string): string {
  return remainderOf(parseExact(payload));
}

/** The values of `QUARANTINE_COLUMNS`. */
export function keptOf(delivery: Quarantined): Row {
  const said = saidOf(delivery);
  // After an erasure the payload is not the one that was written, so it has no checksum.
  const checksum = delivery.erasedAt === null ? checksumOfSaid(said) : null;
  const { id, state, settledAt, erasedAt, tenant } = delivery;
  return [id, ...said, state, settledAt, erasedAt, checksum, tenant];
}

/**
 * The delivery of a row that was selected as `QUARANTINE_COLUMNS`.
 *
 * @throws {AlteredRow} if the row is not as it was written.
 */
export function fromQuarantineRow(row: Row): Quarantined {
  const [
    id,
    source,
    digest,
    provider,
    type,
    eventId,
    issues,
    payload,
    receivedAt,
    state,
    settledAt,
    erasedAt,
    checksum,
    tenant,
  ] = row;
  const what = `the delivery ${String(id)} in quarantine`;
  const isLost = payload === null && state === 'WAITING';
  const isOther =
    payload !== null && typeof checksum === 'number' && checksum !== checksumOfSaid(row.slice(1, 1 + SAID.length));
  if (isLost || isOther) throw new AlteredRow(what);
  return {
    id,
    source,
    digest,
    provider,
    tenant,
    type,
    eventId,
    issues: parsed(issues, what) as Issue[],
    payload,
    receivedAt,
    state,
    settledAt,
    erasedAt,
  } as Quarantined;
}

function saidOf(delivery: Omit<NewQuarantined, 'payload' | 'values'> & { readonly payload: string | null }): Row {
  return [
    delivery.source,
    delivery.digest,
    delivery.provider,
    delivery.type,
    delivery.eventId,
    JSON.stringify(delivery.issues),
    delivery.payload === null ? null : toJsonText(delivery.payload),
    delivery.receivedAt,
  ];
}

const MUTABLE = [SAID.indexOf('issues')];
const PAYLOAD = SAID.indexOf('payload');

/** The checksum of the values of `SAID`, without the issues, which may be replaced later. Null if the payload was deleted. */
function checksumOfSaid(said: Row): number | null {
  return said[PAYLOAD] === null ? null : checksumOf(said, MUTABLE);
}
