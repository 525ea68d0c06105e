import type { NewEvent } from '../events/event.ts';
import type { OnLimit } from '../limits.ts';
import { normalise } from '../providers/ask.ts';
import { UNKNOWN_ACCOUNT } from '../providers/about.ts';
import type { Namer } from '../providers/namer.ts';
import type { Normalised, DeliveryContext, Provider, Verified } from '../providers/provider.ts';

/** The fewest characters of a value: one of its own, and a comma or a bracket. */
const SHORTEST = 2;

export interface Most {
  readonly mostValues: number;
  readonly onLimit: OnLimit;
}

/**
 * Normalizes a delivery, unless it has more values than an event may have. As objects, JSON of a hundred thousand small values
 * takes twenty times its length, each time that the event is read. A request for privacy is fulfilled in any case.
 */
export function normaliseWithin(
  { mostValues, onLimit }: Most,
  provider: Provider,
  verified: Verified,
  place: DeliveryContext & { readonly namer: Namer },
): Normalised {
  const normalised = normalise(provider, verified, place);
  if (normalised.outcome === 'pong' || normalised.outcome === 'ignored') return normalised;
  if (normalised.outcome === 'event' && normalised.erases) return normalised;
  if (verified.text.length <= mostValues * SHORTEST || countUpTo(mostValues + 1, verified.payload) <= mostValues) {
    return normalised;
  }
  onLimit('body_values');
  const { type, eventId } = normalised.outcome === 'event' ? normalised.event : normalised;
  const account = normalised.outcome === 'event' ? accountOf(normalised.event, place.source) : normalised.account;
  const message = `has more than ${mostValues} values; an operator can raise MAX_BODY_VALUES, and release it`;
  return {
    outcome: 'unfit',
    type,
    eventId,
    issues: [{ path: '', message }],
    ...(account !== undefined && { account }),
  };
}

/** The account, if the event names one. The source's own name, or `unknown`, stands for none. */
function accountOf({ tenant, provider }: NewEvent, source: string): string | null {
  const account = tenant.slice(provider.length + 1);
  return account === source || account === UNKNOWN_ACCOUNT ? null : account;
}

/** The number of values, including objects and lists, counted up to `most`. */
function countUpTo(most: number, value: unknown): number {
  let count = 1;
  if (typeof value !== 'object' || value === null) return count;
  for (const member of Object.values(value)) {
    count += countUpTo(most - count, member);
    if (count >= most) break;
  }
  return count;
}
