import { HookcastError } from '../errors.ts';
import type { NewEvent } from '../events/event.ts';
import type { Issue, QuarantineReview, Quarantined } from '../events/quarantine.ts';
import { valuesIn } from '../events/trace.ts';
import { partsIn } from '../providers/ask.ts';
import { Namer, isDerived } from '../providers/namer.ts';
import { isSeveral } from '../providers/parts.ts';
import { parsePayload } from '../providers/payload.ts';
import type { Provider, Verified } from '../providers/provider.ts';
import { erase } from './erase.ts';
import type { IngestOptions } from './ingest.ts';
import { record, recordAll } from './record.ts';
import { sealed } from './sealed.ts';
import { isList, sortParts } from './several.ts';
import { tenantOf } from './tenant.ts';

import { normaliseWithin } from './fitting.ts';

export type ReleaseOptions = Pick<IngestOptions, 'sources' | 'log' | 'logger' | 'mostValues' | 'onLimit' | 'now'>;

/** How many reasons are kept if several events of one delivery still don't fit. */
const MOST_ISSUES = 20;

/** Releases deliveries in quarantine when there is code that understands them, or discards them when they are not wanted. */
export class Review implements QuarantineReview {
  readonly #options: ReleaseOptions;

  constructor(options: ReleaseOptions) {
    this.#options = options;
  }

  async release(id: number): Promise<Quarantined | null> {
    const { log, logger, now } = this.#options;
    const kept = await log.quarantine.find(id);
    if (!kept || kept.state !== 'WAITING' || kept.payload === null) return kept;
    const { source, digest, eventId } = kept;
    const { payload, text } = parsePayload(Buffer.from(kept.payload));
    const provider = this.#provider(source);
    if (provider.name !== kept.provider) {
      // Another provider's code might accept it, and it would become an event of somebody else.
      const message = `it came from the provider ${kept.provider}, and the source is now of ${provider.name}`;
      return this.#waits(kept, [{ path: '', message }]);
    }
    const namer = new Namer(await log.naming());
    const verified = { payload, text, digest, ...(eventId !== null && { id: eventId }) };
    if (provider.parts && isSeveral(payload)) return this.#releaseSeveral(kept, provider, verified, namer);
    const normalised = normaliseWithin(this.#options, provider, verified, {
      source,
      receivedAt: kept.receivedAt,
      namer,
    });
    switch (normalised.outcome) {
      case 'unfit':
        return this.#waits(kept, normalised.issues, kept.tenant ?? tenantOf(provider.name, normalised.account));
      case 'pong':
        return this.#waits(kept, [{ path: '', message: 'it is a check by the provider, not an event' }]);
      case 'ignored':
        return this.#waits(kept, [{ path: '', message: `it is not wanted: ${normalised.reason}` }]);
      case 'event': {
        // The event is retained for as long as any other event that is recorded now.
        const said = { ...normalised.event, eventId: idOf(kept, normalised.event), receivedAt: now() };
        if (kept.erasedAt !== null && !isIdentified(said)) {
          return this.#waits(kept, [{ path: '', message: 'its id or account was erased with the people in it' }]);
        }
        // From the rest of the payload, the log could not know that the event is about a person who was erased.
        const known = kept.erasedAt === null ? said : withoutPeople(said);
        const { event, appended } = await record({ ...normalised, event: known }, { log, logger, namer });
        if (appended.outcome === 'refused') {
          return this.#waits(kept, [{ path: '', message: `the log refused the event: ${appended.reason}` }]);
        }
        if (normalised.erases) await erase(this.#options, event, normalised.erases.contacts);
        return log.quarantine.settle(id, { state: 'RELEASED', eventId: event.eventId, at: now() });
      }
    }
  }

  /**
   * Records the events that fit. If some don't, the whole delivery goes on waiting, and the recorded ones are duplicates the
   * next time.
   */
  async #releaseSeveral(
    kept: Quarantined,
    provider: Provider,
    whole: Verified,
    namer: Namer,
  ): Promise<Quarantined | null> {
    const { log, logger, now } = this.#options;
    const { source, receivedAt } = kept;
    const parts = partsIn(provider, whole) ?? [whole];
    if (!isList(parts)) return this.#waits(kept, [parts]);
    const sorted = await sortParts(provider.name, parts, (part) => {
      const verified = sealed(part, source, namer);
      return {
        verified,
        normalised: normaliseWithin(this.#options, provider, verified, { source, receivedAt, namer }),
      };
    });
    const said = sorted.events.map((one) => ({ ...one, event: { ...one.event, receivedAt: now() } }));
    const whose = kept.erasedAt === null ? said : said.filter(({ event }) => isIdentified(event));
    const known = whose.map((one) => (kept.erasedAt === null ? one : { ...one, event: withoutPeople(one.event) }));
    const recorded = await recordAll(known, { log, logger, namer });
    const issues = sorted.unfit.flatMap((one) => one.issues);
    for (const [index, { event, appended }] of recorded.entries()) {
      const { erases } = known[index]!;
      if (appended.outcome === 'refused') issues.push({ path: '', message: `the log refused: ${appended.reason}` });
      else if (erases) await erase(this.#options, event, erases.contacts);
    }
    if (issues.length > 0) {
      const message = `${sorted.unfit.length} of ${parts.length} events do not fit; the others are recorded:`;
      return this.#waits(kept, [{ path: '', message }, ...issues.slice(0, MOST_ISSUES)]);
    }
    return log.quarantine.settle(kept.id, { state: 'RELEASED', eventId: null, at: now() });
  }

  discard(id: number): Promise<Quarantined | null> {
    const { log, now } = this.#options;
    return log.quarantine.settle(id, { state: 'DISCARDED', eventId: null, at: now() });
  }

  async #waits(kept: Quarantined, issues: readonly Issue[], tenant = kept.tenant): Promise<Quarantined | null> {
    const { log } = this.#options;
    if (kept.payload === null) return kept;
    const { payload } = parsePayload(Buffer.from(kept.payload));
    await log.quarantine.keep({ ...kept, tenant, payload: kept.payload, values: valuesIn(payload), issues });
    return log.quarantine.find(kept.id);
  }

  #provider(source: string): Provider {
    const provider = this.#options.sources.get(source);
    if (provider) return provider;
    throw new HookcastError('UNKNOWN_SOURCE', `The source "${source}" is not configured any more. Configure it again.`);
  }
}

/** An id that was derived when the delivery came stays: from the rest of a payload, another one would be derived. */
function idOf({ eventId: given }: Quarantined, { eventId }: NewEvent): string {
  return given !== null && isDerived(given) && isDerived(eventId) ? given : eventId;
}

function withoutPeople(event: NewEvent): NewEvent {
  return { ...event, personal: null, raw: null, traces: [] };
}

/** Whether the account and the subject still have their ids: erased values are empty texts. */
function isIdentified({ tenant, subject }: NewEvent): boolean {
  return !tenant.endsWith(':') && !subject?.endsWith('/');
}
