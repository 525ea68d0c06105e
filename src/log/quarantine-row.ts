import type { Issue, NewQuarantined, Quarantined } from '../events/quarantine.ts';
import { remainderOf } from '../events/remainder.ts';
import type { Marker } from './marks.ts';
import type { Row } from './row.ts';

const SAID = ['source', 'digest', 'provider', 'type', 'event_id', 'issues', 'payload', 'received_at'] as const;

/** The columns of a delivery that goes to quarantine, in the order of `toQuarantineRow`. */
export const NEW_QUARANTINE_COLUMNS = [...SAID, 'marks', 'checksum', 'remainder'] as const;
/** The columns of one that is there, in the order of `fromQuarantineRow`. */
export const QUARANTINE_COLUMNS = ['id', ...SAID, 'state', 'settled_at', 'erased_at'] as const;

export function toQuarantineRow(delivery: NewQuarantined, marker: Marker): Row {
  return [...saidOf(delivery), marker.ofDelivery(delivery), null, toRemainder(delivery.payload)];
}

/** What is left of a payload when somebody in it is erased. */
export function toRemainder(payload: string): string {
  return remainderOf(JSON.parse(payload));
}

/** The values of `QUARANTINE_COLUMNS`. */
export function keptOf(delivery: Quarantined): Row {
  return [delivery.id, ...saidOf(delivery), delivery.state, delivery.settledAt, delivery.erasedAt];
}

/** The delivery of a row that was selected as `QUARANTINE_COLUMNS`. */
export function fromQuarantineRow(row: Row): Quarantined {
  const [id, source, digest, provider, type, eventId, issues, payload, receivedAt, state, settledAt, erasedAt] = row;
  return {
    id,
    source,
    digest,
    provider,
    type,
    eventId,
    issues: JSON.parse(issues as string) as Issue[],
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
    delivery.payload,
    delivery.receivedAt,
  ];
}
