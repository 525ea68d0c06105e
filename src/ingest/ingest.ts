import type { Logger } from 'pino';
import { HookcastError, toHookcastError } from '../errors.ts';
import type { OnLimit } from '../limits.ts';
import type { EventLog } from '../events/event-log.ts';
import type { NewEvent } from '../events/event.ts';
import type { Issue } from '../events/quarantine.ts';
import type { Naming } from '../events/naming.ts';
import { valuesIn } from '../events/trace.ts';
import { Namer } from '../providers/namer.ts';
import type { Arrived, Normalised, Provider, Verified } from '../providers/provider.ts';
import { answerTo, answerToSigned, partsIn, verify } from '../providers/ask.ts';
import type { ChallengeResponse } from '../providers/challenge.ts';
import type { NamedContext } from '../providers/introduce.ts';
import { asWhole } from '../providers/parts.ts';
import { normaliseWithin } from './fitting.ts';
import { ReceivedSecrets } from './received-secrets.ts';
import { type Counts, type DeliveryObserver, type Observer, UNOBSERVED } from '../events/observer.ts';
import type { Drift } from './drift.ts';
import { record } from './record.ts';
import { erase } from './erase.ts';
import type { Refusals } from './refusals.ts';
import { sealed } from './sealed.ts';
import { tenantOf } from './tenant.ts';
import { MOST_APART, type Why, bestOf, isList, recordSorted, sortParts, together } from './several.ts';
import { VerifierFaults } from './verifier-faults.ts';

/** What became of a delivery, as the provider is told. */
export interface Receipt {
  /** Of several events, the best that became of one. */
  readonly status: keyof Counts;
  /** The event's id, or where it waits in quarantine. Null of several events. */
  readonly id: string | null;
  /** Of several events, how many were answered in which way. */
  readonly events?: Counts;
  /** What its sender is answered instead, since it only asked. */
  readonly challenge?: ChallengeResponse;
}

export interface IngestOptions {
  readonly sources: ReadonlyMap<string, Provider>;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly drift: Drift;
  /** Told of each delivery that goes to quarantine. */
  readonly onQuarantine: Observer['onQuarantine'];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Values that one delivery may have. What has more goes to quarantine. */
  readonly mostValues: number;
  /** Told of each delivery with more, and of each id that a request for privacy names and that was not looked for in quarantine. */
  readonly onLimit: OnLimit;
  /** Deliveries that may wait for the log at once. */
  readonly mostWaiting: number;
  /** Keeps what is refused for its signature. */
  readonly refusals?: Pick<Refusals, 'keep'>;
}

export interface Receiving {
  readonly observer?: DeliveryObserver;
  /** Called once it is authentic: what it throws refuses the delivery. */
  readonly admit?: () => void;
  /** What its sender's address counts under. Asked for when it is refused. */
  readonly sender?: () => string;
  /** As of when it is checked and recorded: when it came, of one that is tried again. */
  readonly receivedAt?: number;
}

/** How long a delivery that could not be recorded speaks for those to come, in milliseconds. */
const SPEAKS_FOR = 3_000;

/** The line that every delivery goes down: verify → normalise → append. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #faults: VerifierFaults;
  readonly #brought: ReceivedSecrets;
  #named: { readonly naming: Naming; readonly namer: Namer } | null = null;
  #waiting = 0;
  #failedAt = -Infinity;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#faults = new VerifierFaults(options.logger);
    this.#brought = new ReceivedSecrets(options);
  }

  /**
   * Whether deliveries can't be recorded, as far as the last ones tell. For three seconds and no longer: a sender that stays away
   * because of it could not find out that it has passed.
   */
  get isFailing(): boolean {
    // By a clock that can't be set back, or it would speak for an hour.
    return performance.now() - this.#failedAt < SPEAKS_FOR;
  }

  /**
   * @param isPlain whether its name is the last part of the path. Behind others' names there is nothing.
   * @throws {HookcastError} UNKNOWN_SOURCE. Asked before the body is read.
   */
  source(name: string, isPlain = true): Provider {
    const provider = this.#options.sources.get(name);
    if (provider && (isPlain || provider.pathSecret)) return provider;
    throw new HookcastError('UNKNOWN_SOURCE', 'There is no source with this name. Check the last part of the URL.');
  }

  /**
   * The answer to a question that a source's sender asks without a signature; null where the request is none. Nothing of it is
   * recorded but a secret that it brings.
   *
   * @throws {HookcastError} SIGNATURE_INVALID, when the source does not answer this one; LOG_UNAVAILABLE, when what it brings
   *   can't be kept.
   */
  challenged(source: string, request: Omit<Arrived, 'receivedAt'>): Promise<ChallengeResponse | null> | null {
    const provider = this.source(source);
    if (!provider.challenges?.some(({ signed }) => !signed)) return null;
    return this.#answer(provider, source, { ...request, receivedAt: this.#options.now() });
  }

  /**
   * Resolved once what the delivery says is durable, and not before.
   *
   * @throws {HookcastError} SIGNATURE_INVALID, MALFORMED_DELIVERY, OVERLOADED or LOG_UNAVAILABLE.
   */
  async receive(
    source: string,
    request: Omit<Arrived, 'receivedAt'>,
    { observer = UNOBSERVED, admit = () => {}, sender = () => '', receivedAt = this.#options.now() }: Receiving = {},
  ): Promise<Receipt> {
    const provider = this.source(source);
    const arrived = { ...request, receivedAt };
    let authentic: Verified;
    try {
      const verifying = observer.step('verify', () =>
        this.#faults.watch(source, () => this.#verify(provider, source, arrived)),
      );
      // Each wait is a turn of the queue of promises, and most verifiers need none.
      authentic = verifying instanceof Promise ? await verifying : verifying;
    } catch (error) {
      const isForged = error instanceof HookcastError && error.code === 'SIGNATURE_INVALID';
      if (isForged) this.#options.refusals?.keep(source, arrived, sender(), error);
      throw error;
    }
    admit();
    if (provider.challenges) {
      const challenge = this.#faults.watch(source, () => answerToSigned(provider, authentic, arrived));
      if (challenge !== null) return { status: 'pong', id: null, challenge };
    }
    const namer = this.#namer(await this.#options.log.naming());
    const parts = partsIn(provider, authentic);
    if (parts !== null)
      return this.#receiveSeveral(provider, authentic, parts, { source, receivedAt, namer }, observer);
    const verified = sealed(authentic, source, namer);
    const normalised = observer.step('normalise', () =>
      normaliseWithin(this.#options, provider, verified, { source, receivedAt, namer }),
    );
    this.#observe(provider, source, verified, normalised, receivedAt);
    const quarantine = (why: Why) =>
      observer.step('append', () => this.#quarantine(provider, source, verified, receivedAt, why, observer));
    switch (normalised.outcome) {
      case 'pong':
        return { status: 'pong', id: null };
      case 'ignored':
        observer.ignored(normalised.reason);
        return { status: 'ignored', id: null };
      case 'unfit': {
        observer.identified(normalised.type, normalised.eventId);
        return this.#durably(() => quarantine({ ...normalised, tenant: tenantOf(provider.name, normalised.account) }));
      }
      case 'event':
        observer.identified(normalised.event.type, normalised.event.eventId);
        return this.#durably(async () => {
          const { log, logger } = this.#options;
          const { event, appended } = await observer.step('append', () => record(normalised, { log, logger, namer }));
          const { type, eventId } = event;
          observer.identified(type, eventId);
          if (appended.outcome === 'refused') {
            const issues = [{ path: '', message: `the log refused the event: ${appended.reason}` }];
            // By its own id: from one that it was given instead, nobody would know it again.
            return quarantine({ type, eventId: normalised.event.eventId, issues, tenant: event.tenant });
          }
          // Also for a duplicate: it may be the retry of a delivery that got no further than its event.
          if (normalised.erases) await erase(this.#options, event, normalised.erases.contacts);
          return { status: appended.outcome, id: eventId };
        });
    }
  }

  #verify(provider: Provider, source: string, arrived: Arrived): Verified | Promise<Verified> {
    return provider.bringsUnder ? this.#brought.verify(provider, source, arrived) : verify(provider, arrived);
  }

  async #answer(provider: Provider, source: string, arrived: Arrived): Promise<ChallengeResponse | null> {
    const answer = await this.#faults.watch(source, () => answerTo(provider, arrived));
    if (answer?.brings) await this.#brought.keep(source, answer.brings);
    return answer;
  }

  /** A delivery that may tell of several events: those that fit are recorded together, and each other waits by itself. */
  async #receiveSeveral(
    provider: Provider,
    authentic: Verified,
    parts: readonly Verified[] | Issue,
    place: NamedContext,
    observer: DeliveryObserver,
  ): Promise<Receipt> {
    const { source, receivedAt, namer } = place;
    const { log, logger } = this.#options;
    const keep = (verified: Verified, why: Why) =>
      this.#quarantine(provider, source, verified, receivedAt, why, observer);
    if (!isList(parts)) {
      const why = { type: null, eventId: null, issues: [parts], tenant: null };
      return this.#durably(() => observer.step('append', () => keep(sealed(asWhole(authentic), source, namer), why)));
    }
    const sorted = await observer.step('normalise', () =>
      sortParts(provider.name, parts, (part) => {
        const verified = sealed(part, source, namer);
        const normalised = normaliseWithin(this.#options, provider, verified, place);
        this.#observe(provider, source, verified, normalised, receivedAt);
        return { verified, normalised };
      }),
    );
    if (sorted.reason !== null) observer.ignored(sorted.reason);
    for (const { event } of sorted.events) observer.identified(event.type, event.eventId);
    const append = async (): Promise<Counts> => {
      const erased = (event: NewEvent, contacts: readonly string[]) => erase(this.#options, event, contacts);
      const { counts, unfit } = await recordSorted(sorted, { log, logger, namer, erased, observer });
      const waiting = unfit.length > MOST_APART ? [together(sealed(authentic, source, namer), unfit)] : unfit;
      for (const { verified, ...why } of waiting) await keep(verified, why);
      return counts;
    };
    const isNothing = sorted.events.length === 0 && sorted.unfit.length === 0;
    const receipt = async (): Promise<Receipt> => {
      const events = isNothing ? Object.fromEntries(sorted.counts) : await observer.step('append', append);
      observer.several(events);
      return { status: bestOf(events), id: null, events };
    };
    return isNothing ? receipt() : this.#durably(receipt);
  }

  /** Made anew only when the log's naming is another: its key takes longer to make ready than an id does. */
  #namer(naming: Naming): Namer {
    if (this.#named?.naming !== naming) this.#named = { naming, namer: new Namer(naming) };
    return this.#named.namer;
  }

  #observe(provider: Provider, source: string, verified: Verified, normalised: Normalised, at: number): void {
    const type =
      normalised.outcome === 'event' ? normalised.event.type : normalised.outcome === 'unfit' ? normalised.type : null;
    if (type !== null) this.#options.drift.observe(provider, source, type, verified.payload, at);
  }

  async #quarantine(
    provider: Provider,
    source: string,
    { payload, text, digest }: Verified,
    receivedAt: number,
    { type, eventId, issues, tenant }: Why,
    observer: DeliveryObserver,
  ): Promise<Receipt> {
    const { log, onQuarantine } = this.#options;
    const values = valuesIn(payload);
    const id = await log.quarantine.keep({
      type,
      eventId,
      issues,
      provider: provider.name,
      source,
      tenant,
      digest,
      payload: text,
      values,
      receivedAt,
    });
    onQuarantine(source, issues);
    observer.unfit(id, issues);
    return { status: 'quarantined', id: String(id) };
  }

  /** Only what was authenticated gets as far as here, so nobody else can fill the places. */
  async #durably(work: () => Promise<Receipt>): Promise<Receipt> {
    if (this.#waiting >= this.#options.mostWaiting) {
      throw new HookcastError('OVERLOADED', 'Too many deliveries wait for the log. Send this one again later.');
    }
    this.#waiting += 1;
    try {
      const receipt = await work();
      this.#failedAt = -Infinity;
      return receipt;
    } catch (error) {
      this.#failedAt = performance.now();
      const known = toHookcastError(error);
      // After any error in here the provider is asked to send it again: a 500 may count as the end of it.
      if (known.code !== 'INTERNAL') throw known;
      throw new HookcastError('LOG_UNAVAILABLE', 'The delivery could not be recorded. Send it again later.', {
        cause: known,
      });
    } finally {
      this.#waiting -= 1;
    }
  }
}
