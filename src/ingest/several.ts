import { setImmediate } from 'node:timers/promises';
import type { NewEvent } from '../events/event.ts';
import type { Issue } from '../events/quarantine.ts';
import { asOne } from '../providers/parts.ts';
import type { Normalised, Verified } from '../providers/provider.ts';
import type { Counts, DeliveryObserver } from '../events/observer.ts';
import { type RecordOptions, recordAll } from './record.ts';
import { tenantOf } from './tenant.ts';

/** Why a delivery goes to quarantine. */
export interface Why {
  readonly type: string | null;
  readonly eventId: string | null;
  readonly issues: readonly Issue[];
  readonly tenant: string | null;
}

interface Read {
  readonly verified: Verified;
  readonly normalised: Normalised;
}

type Unfit = Why & { readonly verified: Verified };

/** The parts of a delivery, sorted by what to do with them. */
export interface Sorted {
  readonly events: readonly ((Normalised & { outcome: 'event' }) & { readonly verified: Verified })[];
  readonly unfit: readonly Unfit[];
  /** The counts of parts that need no more work. */
  readonly counts: readonly (readonly [keyof Counts, number])[];
  /** Why some parts are ignored; null if none is. */
  readonly reason: string | null;
}

/**
 * Up to this many parts of one delivery wait in quarantine separately, each with a write of its own. More of them wait
 * together.
 */
export const MOST_APART = 20;
/** After this many parts, other work has a turn: five thousand parts take too long for others to wait. */
const AT_ONCE = 100;
/** The order of outcomes. The first one that occurs is the status of the whole delivery. */
const BEST_FIRST: readonly (keyof Counts)[] = ['accepted', 'duplicate', 'quarantined', 'ignored', 'pong'];

/** Sorts the parts, in their order. It writes nothing yet. */
export async function sortParts(
  provider: string,
  parts: readonly Verified[],
  read: (part: Verified) => Read,
): Promise<Sorted> {
  const events: (Normalised & { outcome: 'event' } & { verified: Verified })[] = [];
  const unfit: Unfit[] = [];
  const counts = { ignored: 0, pong: 0 };
  let reason: string | null = null;
  for (const [index, part] of parts.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
    const { verified, normalised } = read(part);
    if (normalised.outcome === 'event') events.push({ ...normalised, verified });
    else if (normalised.outcome === 'unfit') {
      const { type, eventId, issues, account } = normalised;
      unfit.push({ type, eventId, issues, tenant: tenantOf(provider, account), verified });
    } else {
      counts[normalised.outcome] += 1;
      if (normalised.outcome === 'ignored') reason ??= normalised.reason;
    }
  }
  const counted = (['ignored', 'pong'] as const).flatMap((name) =>
    counts[name] > 0 ? [[name, counts[name]] as const] : [],
  );
  return { events, unfit, counts: counted, reason };
}

interface Recording extends RecordOptions {
  readonly observer: DeliveryObserver;
  /** Fulfils the request for privacy that an event carries. */
  readonly erased: (event: NewEvent, contacts: readonly string[]) => Promise<void>;
}

/**
 * Records the events that fit. Returns the number of each outcome, and all parts that don't fit, including those that the log
 * refused.
 */
export async function recordSorted(
  { events, unfit: before, counts: done }: Sorted,
  { observer, erased, ...options }: Recording,
): Promise<{ readonly counts: Counts; readonly unfit: readonly Unfit[] }> {
  const counts = new Map<keyof Counts, number>(done);
  const add = (status: keyof Counts) => counts.set(status, (counts.get(status) ?? 0) + 1);
  const unfit = [...before];
  for (const [index, { event, appended }] of (await recordAll(events, options)).entries()) {
    const { verified, erases, event: own } = events[index]!;
    observer.identified(event.type, event.eventId);
    if (appended.outcome === 'refused') {
      const issues = [{ path: '', message: `the log refused the event: ${appended.reason}` }];
      // The quarantine keeps the event's own id: nobody would recognize one that hookcast gave it instead.
      unfit.push({ verified, type: event.type, eventId: own.eventId, issues, tenant: event.tenant });
      continue;
    }
    // A duplicate erases as well: it may be the retry of a delivery that failed after its event was recorded.
    if (erases) await erased(event, erases.contacts);
    add(appended.outcome);
  }
  if (unfit.length > 0) counts.set('quarantined', unfit.length);
  return { counts: Object.fromEntries(counts), unfit };
}

/** Joins many parts that don't fit into one delivery in quarantine, with the type and the reasons of the first. */
export function together(delivery: Verified, unfit: readonly Unfit[]): Unfit {
  const [{ type, issues, tenant }] = unfit as readonly [Unfit, ...Unfit[]];
  const isSame = unfit.every((one) => one.tenant === tenant);
  return {
    verified: asOne(
      delivery,
      unfit.map(({ verified }) => verified),
    ),
    type,
    eventId: null,
    issues: [{ path: '', message: `${unfit.length} events of one delivery do not fit; of the first:` }, ...issues],
    tenant: isSame ? tenant : null,
  };
}

/** The status of a delivery of several events. A delivery without any event is a check (`pong`). */
export function bestOf(counts: Counts): keyof Counts {
  return BEST_FIRST.find((status) => counts[status] !== undefined) ?? 'pong';
}

export function isList(value: unknown): value is readonly Verified[] {
  return Array.isArray(value);
}
