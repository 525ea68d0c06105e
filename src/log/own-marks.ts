import { parseExact } from '../events/exact-json.ts';
import { tracesOf } from '../events/trace.ts';
import type { Marker } from './marks.ts';

/** How many of a log's oldest events are looked at, and how many of its newest. */
export const SAMPLED = 20;

/** What a log keeps of an event that was not erased: its payload, and its marks as a JSON list. */
export interface MarkedPayload {
  readonly raw: string;
  readonly marks: string;
}

/** An address that every hookcast has read in the same way. */
const PLAIN = /^[a-z0-9][a-z0-9._+-]*@[a-z0-9][a-z0-9.-]*[a-z0-9]$/;

export const OF_ANOTHER_SECRET =
  'its events were marked with the secret of another log, so an erasure would not find their people, and an event that is sent again ' +
  'would be recorded again: rows were restored without those of the table "log" (docs/SCALING.md, "Restored and moved databases")';

/**
 * Whether these events were marked with the log's own secret, as far as addresses in them can tell. Each address in a payload has
 * a mark. So if none of them has one, then the rows come from another log.
 */
export function areOwn(marker: Marker, sample: readonly MarkedPayload[]): boolean {
  let isForeign = false;
  for (const { raw, marks } of sample) {
    const known = new Set((parsed(marks) ?? []) as string[]);
    if (![...known].some((mark) => /^[em]/.test(mark))) continue;
    const addresses = tracesOf([], parsed(raw)).flatMap(({ value }) => (PLAIN.test(value) ? [value] : []));
    if (addresses.length === 0) continue;
    if (addresses.some((address) => known.has(marker.email(address)) || known.has(marker.mention(address))))
      return true;
    isForeign = true;
  }
  return !isForeign;
}

function parsed(json: string): unknown {
  try {
    return parseExact(json);
  } catch {
    // The row was altered, which a reader of the event is told.
    return null;
  }
}
