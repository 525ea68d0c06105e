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

/** The parts of a delivery, by what is to be done with each. */
export interface Sorted {
  readonly events: readonly ((Normalised & { outcome: 'event' }) & { readonly verified: Verified })[];
  readonly unfit: readonly Unfit[];
  /** Of those with which nothing is to be done. */
  readonly counts: readonly (readonly [keyof Counts, number])[];
  /** Why some are not wanted. */
  readonly reason: string | null;
}

/** So many parts of one delivery wait each by itself: every one is a write of its own. More of them wait together. */
export const MOST_APART = 20;
/** After so many parts others have their turn: five thousand of them take longer than anybody should wait. */
const AT_ONCE = 100;
/** What the whole delivery is called, where its events became different things. */
const BEST_FIRST: readonly (keyof Counts)[] = ['accepted', 'duplicate', 'quarantined', 'ignored', 'pong'];

/** What becomes of each part, in their order. Nothing is written yet. */
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

/** Records those that fit. How many became what, and all that don't fit, those that the log refused included. */
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
      // By its own id: from one that it was given instead, nobody would know it again.
      unfit.push({ verified, type: event.type, eventId: own.eventId, issues, tenant: event.tenant });
      continue;
    }
    // Also for a duplicate: it may be the retry of a delivery that got no further than its event.
    if (erases) await erased(event, erases.contacts);
    add(appended.outcome);
  }
  if (unfit.length > 0) counts.set('quarantined', unfit.length);
  return { counts: Object.fromEntries(counts), unfit };
}

/** Many parts that don't fit, as one delivery in quarantine: of the type and with the reasons of the first. */
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

/** One word for a delivery of several events. Nothing at all is a check that somebody is there. */
export function bestOf(counts: Counts): keyof Counts {
  return BEST_FIRST.find((status) => counts[status] !== undefined) ?? 'pong';
}

export function isList(value: unknown): value is readonly Verified[] {
  return Array.isArray(value);
}
