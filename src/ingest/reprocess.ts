import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Cursor, gapAfter } from '../events/cursor.ts';
import type { NewEvent, RecordedEvent } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import { originOf, withOrigin } from '../events/origin.ts';
import type { Issue } from '../events/quarantine.ts';
import type { Outcome, Reprocessed, ReprocessRequest, Reprocessor } from '../events/reprocess.ts';
import type { NewRevision, Revise } from '../events/revision.ts';
import { Namer } from '../providers/namer.ts';
import { parsePayload, sha256Hex } from '../providers/payload.ts';
import { HookcastError } from '../errors.ts';
import type { ReleaseOptions } from './review.ts';
import { normaliseWithin } from './fitting.ts';
import { erase } from './erase.ts';
import { Tally } from './reprocess-tally.ts';

/** How many events are read at once, and how many bytes. */
const PAGE = { events: 100, bytes: 256 * 1024 };
/** How many events are revised in one transaction, so that appends wait for a few milliseconds at most. */
const PIECE = 20;
/** For how long the present code may run before other work has a turn, in milliseconds. */
const SPELL = 5;

/** What the present code makes of an event: another form, or the reason why the event stays as it is. */
type Made =
  | { readonly outcome: 'REVISED'; readonly event: NewEvent; readonly contacts: readonly string[] | null }
  | { readonly outcome: 'SAME' | 'WITHOUT_RAW' }
  | { readonly outcome: 'UNFIT'; readonly issues: readonly Issue[] };

/**
 * Runs the present code over recorded events, and saves the new forms in their place. If it is stopped, finished work stays. A
 * repeated run skips events that come out unchanged, so it continues with the rest.
 */
export class Reprocessing implements Reprocessor {
  readonly #options: ReleaseOptions;

  constructor(options: ReleaseOptions) {
    this.#options = options;
  }

  run(request: ReprocessRequest): Promise<Reprocessed> {
    // A dry run changes nothing, so it needs no turn.
    if (request.dryRun) return this.#run(request, null);
    return this.#options.log.revisions.run(async (revise) => {
      const done = await this.#run(request, revise);
      const { source, type } = request;
      this.#options.logger.info({ source, type, ...countsOf(done), isDone: done.isDone }, 'reprocessed');
      return done;
    });
  }

  async #run(request: ReprocessRequest, revise: Revise | null): Promise<Reprocessed> {
    const { log } = this.#options;
    const { source, type, since, within = Infinity, progress = () => {} } = request;
    const filter: EventFilter = {
      ...(source !== null && { sources: [source] }),
      ...(type !== null && { types: [type] }),
      ...(since !== null && { occurredFrom: since }),
    };
    const namer = new Namer(await log.naming());
    const began = performance.now();
    const tally = new Tally();
    // Later events are already made by the present code.
    const { seq: last } = await log.head();
    let after: Cursor = request.after ?? (await log.oldest());
    for (;;) {
      const page = await log.read({
        direction: 'forward',
        after,
        limit: PAGE.events,
        bytes: PAGE.bytes,
        filter,
        eventsOnly: true,
      });
      const gap = gapAfter(after, page, page.isReplaced);
      if (gap === 'LOG_REPLACED') {
        throw new HookcastError('CURSOR_EXPIRED', 'The cursor belongs to another log. Begin again without it.');
      }
      const events = page.events.filter(({ cursor }) => cursor.seq <= last);
      await this.#take(events, namer, tally, revise);
      after = page.end;
      const isDone = !page.hasMore || after.seq >= last;
      const done = tally.report(after, isDone);
      progress(done, last);
      if (isDone || performance.now() - began > within) return done;
    }
  }

  async #take(events: readonly RecordedEvent[], namer: Namer, tally: Tally, revise: Revise | null): Promise<void> {
    let piece: (NewRevision & { readonly kept: RecordedEvent; readonly as: 'REVISED' | 'ERASING' })[] = [];
    const keep = async () => {
      if (piece.length === 0) return;
      const revised = await revise!(piece, this.#options.now());
      for (const [index, answer] of revised.entries()) {
        const { kept, event, as } = piece[index]!;
        if (answer.outcome === 'refused') {
          tally.add(kept, 'UNFIT', { issues: [{ path: '', message: `the log refused it: ${answer.reason}` }] });
        } else if (answer.outcome === 'revised' || as === 'ERASING') {
          // A request for privacy may have erased its own event.
          tally.add(kept, as, { becomes: event.shape });
        } else tally.add(kept, 'WITHOUT_RAW');
      }
      piece = [];
    };
    let turn = performance.now();
    for (const kept of events) {
      if (performance.now() - turn > SPELL) {
        await setImmediate();
        turn = performance.now();
      }
      const made = this.#make(kept, namer);
      if (made.outcome !== 'REVISED') {
        tally.add(kept, made.outcome, 'issues' in made ? { issues: made.issues } : {});
        continue;
      }
      const { event, contacts } = made;
      const as = contacts ? 'ERASING' : 'REVISED';
      if (!revise) {
        tally.add(kept, as, { becomes: event.shape });
        continue;
      }
      // The erasure comes first, while the event still has its request: if the work stops in between, the next run finds it
      // again.
      if (contacts) await erase(this.#options, event, contacts);
      piece.push({ seq: kept.cursor.seq, event, kept, as });
      if (piece.length === PIECE) await keep();
    }
    await keep();
  }

  #make(kept: RecordedEvent, namer: Namer): Made {
    const { source, raw } = kept;
    if (raw === null) return { outcome: 'WITHOUT_RAW' };
    const provider = this.#options.sources.get(source);
    if (!provider) return unfit('its source is not configured');
    if (provider.name !== kept.provider) {
      // Another provider's code might accept it, and it would become an event of somebody else.
      return unfit(`it came from the provider ${kept.provider}, and the source is now of ${provider.name}`);
    }
    const { payload } = parsePayload(Buffer.from(raw));
    const verified = { payload, text: raw, digest: sha256Hex(raw), id: kept.eventId };
    const place = { source, receivedAt: kept.receivedAt, namer };
    const normalised = normaliseWithin(this.#options, provider, verified, place);
    switch (normalised.outcome) {
      case 'unfit':
        return { outcome: 'UNFIT', issues: normalised.issues };
      case 'pong':
        return unfit('it is a check by the provider, not an event');
      case 'ignored':
        return unfit(`it is not wanted: ${normalised.reason}`);
      case 'event': {
        const { tenant } = normalised.event;
        if (tenant !== kept.tenant) return unfit('it would belong to another account');
        const { provider: name, eventId, occurredAt, receivedAt } = kept;
        const data = withOrigin(normalised.event.data, originOf(kept.data));
        const event = { ...normalised.event, data, provider: name, source, eventId, occurredAt, receivedAt };
        const contacts = normalised.erases?.contacts ?? null;
        return contacts === null && isSame(kept, event)
          ? { outcome: 'SAME' }
          : { outcome: 'REVISED', event: contacts === null ? { ...event, raw } : event, contacts };
      }
    }
  }
}

/** The number of events for each outcome. */
function countsOf({ events }: Reprocessed): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const { outcome, count } of events) counts[outcome] = (counts[outcome] ?? 0) + count;
  return counts;
}

function unfit(message: string): Made & { readonly outcome: 'UNFIT' } {
  return { outcome: 'UNFIT', issues: [{ path: '', message }] };
}

/** Whether the recorded event equals what the present code makes, in everything that may change. */
function isSame(kept: RecordedEvent, event: NewEvent): boolean {
  return said(kept) === said(event) && isSameJson(kept.data, event.data) && isSameJson(kept.personal, event.personal);
}

function said({ type, shape, kind, subject, happened, version, worth }: RecordedEvent | NewEvent): string {
  return JSON.stringify([type, shape, kind, subject, happened, version, worth?.currency, worth?.units]);
}

/** Compares the values as they would be read again, whatever the order of their members. */
function isSameJson(kept: unknown, made: unknown): boolean {
  const text = JSON.stringify(made);
  return JSON.stringify(kept) === text || isDeepStrictEqual(kept, JSON.parse(text));
}
