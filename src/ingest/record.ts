import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import type { Appended, EventLog } from '../events/event-log.ts';
import type { NewEvent, RecordedEvent } from '../events/event.ts';
import { type Namer, formerId } from '../providers/namer.ts';
import type { Normalised } from '../providers/provider.ts';
import { sha256Hex } from '../providers/payload.ts';

/** The outcome of an event, and the event with the id that it got. */
export interface Recorded {
  readonly event: NewEvent;
  readonly appended: Appended;
}

export interface RecordOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly namer: Namer;
}

/** How many ids are tried for an event whose id another event has. The first is free, unless a provider's code made it. */
const TRIES = 3;

/**
 * Appends an event, even if another event has its id. Eduzz's own samples give one id to eleven events of an order. If the
 * second counted as a repetition of the first, a cancellation would be lost. So an event with another name or tenant is another
 * event, and gets an id of its own. It is never answered as a duplicate of an event with another tenant or name, since then it
 * would be recorded nowhere: an attacker who knows an id could take it beforehand, together with the one derived from it.
 */
export async function record({ event, formerIds = [] }: Recordable, options: RecordOptions): Promise<Recorded> {
  const { log, namer } = options;
  const { source, tenant, type, eventId } = event;
  const known = formerIds.length === 0 ? null : await findFormer(event, formerIds, log);
  const first = known ?? (await appendAs(event, options));
  if (first) return first;
  const itself = [tenant, type, eventId];
  const formerly = namer.hasFormer ? [formerId(sha256Hex(JSON.stringify(itself)))] : [];
  const before = await findFormer(event, formerly, log);
  if (before) return before;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const apart = { ...event, eventId: namer.eventId(source, tenant, [...itself, tries]) };
    const recorded = await appendAs(apart, options);
    if (recorded) return recorded;
  }
  return { event, appended: { outcome: 'refused', reason: 'other events have every id that it could have' } };
}

/** An event to record, and ids under which an older hookcast may have recorded it. */
type Recordable = Pick<Normalised & { outcome: 'event' }, 'event' | 'formerIds'>;

/** The same for the events of one delivery, in one transaction. It returns one answer for each, in the same order. */
export async function recordAll(several: readonly Recordable[], options: RecordOptions): Promise<readonly Recorded[]> {
  const { log } = options;
  const oneByOne = () => Promise.all(several.map((one) => record(one, options)));
  // As long as an older hookcast's events may be in the log, each event is first searched for under its former ids.
  if (several.some(({ formerIds = [] }) => formerIds.length > 0)) return oneByOne();
  const events = several.map(({ event }) => event);
  if (events.length === 0) return [];
  let appended: readonly Appended[];
  try {
    appended = await log.append(events);
  } catch (error) {
    // If the content of one event can't be written, that one is refused, and the others are recorded.
    if (!(error instanceof HookcastError) && !events.every(hasJson)) return oneByOne();
    throw error;
  }
  const known = await findAll(
    events.filter((_, index) => appended[index]?.outcome === 'duplicate'),
    log,
  );
  return Promise.all(
    several.map(async (one, index) => {
      const answer = appended[index];
      if (!answer) throw unanswered();
      // If another event has its id, the event is recorded alone, with a new id.
      const there = known.get(one.event.eventId);
      const isOwn = answer.outcome !== 'duplicate' || (there !== undefined && isSame(there, one.event));
      return isOwn ? { event: one.event, appended: answer } : record(one, options);
    }),
  );
}

/** The events that are in the log, by id. All of them are of one source. */
async function findAll(events: readonly NewEvent[], log: EventLog): Promise<ReadonlyMap<string, RecordedEvent>> {
  const found = events.length === 0 ? [] : await log.find(events, { parts: { people: false, raw: false } });
  return new Map(found.flatMap((one) => (one === null ? [] : [[one.eventId, one] as const])));
}

/** Returns null if another event has the id. */
async function appendAs(event: NewEvent, { log, logger }: RecordOptions): Promise<Recorded | null> {
  let appended: Appended | undefined;
  try {
    [appended] = await log.append([event]);
  } catch (error) {
    // A user's own provider may have made a value that can't be written, for example a BigInt. No retry would change that.
    if (error instanceof HookcastError || hasJson(event)) throw error;
    appended = { outcome: 'refused', reason: 'it has a value that JSON can’t represent' };
  }
  if (!appended) throw unanswered();
  if (appended.outcome !== 'duplicate') return { event, appended };
  const [there] = await log.find([event]);
  // Retention has just deleted the event, so nobody knows any more whose it was.
  if (!there)
    throw new HookcastError('LOG_UNAVAILABLE', 'Old events are just being deleted from the log. Send it again later.');
  if (!isSame(there, event)) return null;
  const { source, type, eventId } = event;
  const isAsBefore = there.raw === null || event.raw === null || there.raw === event.raw;
  if (!isAsBefore)
    logger.info({ source, type, eventId }, 'the event came again with another body; the first one is kept');
  return { event, appended };
}

/** The same event as an older hookcast recorded it under one of these ids; null if there is none. */
async function findFormer(event: NewEvent, eventIds: readonly string[], log: EventLog): Promise<Recorded | null> {
  if (eventIds.length === 0) return null;
  const found = await log.find(eventIds.map((eventId) => ({ source: event.source, eventId })));
  const there = found.find((one) => one !== null && isSame(one, event));
  if (!there) return null;
  const appended = { outcome: 'duplicate', cursor: there.cursor } as const;
  return { event: { ...event, eventId: there.eventId }, appended };
}

function isSame(there: RecordedEvent, { type, tenant }: NewEvent): boolean {
  return there.type === type && there.tenant === tenant;
}

function unanswered(): HookcastError {
  return new HookcastError(
    'LOG_UNAVAILABLE',
    'The log did not confirm that the event was recorded. Send it again later.',
  );
}

function hasJson({ data, personal }: NewEvent): boolean {
  try {
    JSON.stringify([data, personal]);
    return true;
  } catch {
    return false;
  }
}
