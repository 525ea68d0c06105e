import type { Cursor } from '../events/cursor.ts';
import type { EventLog } from '../events/event-log.ts';
import type { NewEvent, RecordedEvent } from '../events/event.ts';
import { withOrigin } from '../events/origin.ts';
import { type Namer, isDerived } from '../providers/namer.ts';
import { keptOf, sha256Hex } from '../providers/payload.ts';
import type { JsonObject } from '../providers/payload.ts';
import type { Provider } from '../providers/provider.ts';
import { normaliseWithin } from './fitting.ts';
import type { IngestOptions } from './ingest.ts';
import { recordAll } from './record.ts';
import { sealed } from './sealed.ts';

export type CompareOptions = Pick<IngestOptions, 'log' | 'logger' | 'mostValues' | 'onLimit'>;

export interface Compared {
  /** How many events the log did not know, by type. They are recorded, unless it was a dry run. */
  readonly missed: ReadonlyMap<string, number>;
  /** How many items fit no event. They are not recorded. */
  readonly unfit: number;
}

export interface Comparing {
  readonly provider: Provider;
  readonly source: string;
  readonly namer: Namer;
  readonly now: number;
  readonly dryRun: boolean;
  /** See `StatePage`. */
  readonly onlyKnown: boolean;
}

/** Records the items of a page that the log does not have. */
export async function compare(
  items: readonly JsonObject[],
  { provider, source, namer, now, dryRun, onlyKnown }: Comparing,
  options: CompareOptions,
): Promise<Compared> {
  const { log, logger } = options;
  const normalised = items.map((item) => {
    const { payload, text } = keptOf(item);
    const verified = sealed({ payload, text, digest: sha256Hex(text) }, source, namer);
    return normaliseWithin(options, provider, verified, { source, receivedAt: now, namer });
  });
  let unfit = normalised.filter(({ outcome }) => outcome === 'unfit').length;
  // A request for privacy is only fulfilled when it is delivered: nothing that an API lists may erase data.
  const said = normalised.flatMap((one) => (one.outcome === 'event' && one.erases === null ? [one] : []));
  const parts = { people: false, raw: false };
  const found =
    said.length === 0
      ? []
      : await log.find(
          said.map(({ event }) => event),
          { parts },
        );
  const unknown: typeof said = [];
  for (const [index, one] of said.entries()) {
    const { event } = one;
    if (isSame(found[index] ?? null, event)) continue;
    if (isDerived(event.eventId) && (await isAbout(log, event, [event.type]))) continue;
    if (onlyKnown && !(await isAbout(log, event))) continue;
    unknown.push({ ...one, event: { ...event, data: withOrigin(event.data, 'RECONCILED') } });
  }
  if (dryRun) return { missed: countOf(unknown.map(({ event }) => event)), unfit };
  const recorded = await recordAll(unknown, { log, logger, namer });
  unfit += recorded.filter(({ appended }) => appended.outcome === 'refused').length;
  // If a webhook has told of an event meanwhile, it is a duplicate and was not missed.
  const accepted = recorded.filter(({ appended }) => appended.outcome === 'accepted');
  return { missed: countOf(accepted.map(({ event }) => event)), unfit };
}

function countOf(events: readonly NewEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

function isSame(there: RecordedEvent | null, { type, tenant }: NewEvent): boolean {
  return there !== null && there.type === type && there.tenant === tenant;
}

/**
 * Whether the log has an event about the same subject. If it also has the same type, a webhook has told of it under an id that
 * the API doesn't know.
 */
async function isAbout(
  log: EventLog,
  { source, tenant, subject }: NewEvent,
  types?: readonly string[],
): Promise<boolean> {
  if (subject === null) return false;
  const filter = { sources: [source], tenants: [tenant], subjects: [subject], ...(types && { types }) };
  const parts = { people: false, raw: false };
  const request = { direction: 'backward', limit: 1, filter, parts, eventsOnly: true } as const;
  let before: Cursor | undefined;
  for (;;) {
    const page = await log.read({ ...request, before });
    if (page.events.length > 0) return true;
    if (!page.hasMore) return false;
    before = page.end;
  }
}
