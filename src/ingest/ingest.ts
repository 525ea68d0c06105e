import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import type { OnLimit } from '../limits.ts';
import type { EventLog } from '../events/event-log.ts';
import type { NewEvent } from '../events/event.ts';
import type { Issue } from '../events/quarantine.ts';
import type { Naming } from '../events/naming.ts';
import { Namer } from '../providers/namer.ts';
import type { Arrived, Normalised, Provider, Verified } from '../providers/provider.ts';
import { answerTo, answerToSigned, partsIn, verify } from '../providers/ask.ts';
import type { ChallengeResponse } from '../providers/challenge.ts';
import type { NamedContext } from '../providers/introduce.ts';
import { asWhole } from '../providers/parts.ts';
import { normaliseWithin } from './fitting.ts';
import { ReceivedSecrets } from './received-secrets.ts';
import { type Counts, type DeliveryObserver, type Observer, UNOBSERVED } from '../events/observer.ts';
import { Backlog } from './backlog.ts';
import type { Drift } from './drift.ts';
import type { Receipt } from './receipt.ts';
import { record } from './record.ts';
import { erase } from './erase.ts';
import type { Refusals } from './refusals.ts';
import { sealed } from './sealed.ts';
import { setAside } from './set-aside.ts';
import { tenantOf } from './tenant.ts';
import { MOST_APART, type Why, bestOf, isList, recordSorted, sortParts, together } from './several.ts';
import { Unverified } from './unverified.ts';
import { VerifierFaults } from './verifier-faults.ts';

export interface IngestOptions {
  readonly sources: ReadonlyMap<string, Provider>;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly drift: Drift;
  /** Called for each delivery that goes to quarantine. */
  readonly onQuarantine: Observer['onQuarantine'];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How many values a delivery may have. A delivery with more goes to quarantine. */
  readonly mostValues: number;
  /**
   * Called for each delivery with more values, and for each id of a request for privacy that the quarantine was not searched
   * for.
   */
  readonly onLimit: OnLimit;
  /** How many deliveries may wait for the log at once. */
  readonly mostWaiting: number;
  /** Keeps deliveries that are refused for their signature. */
  readonly refusals?: Pick<Refusals, 'keep'>;
}

export interface Receiving {
  readonly observer?: DeliveryObserver;
  /** Called once the delivery is authentic. If it throws, the delivery is refused. */
  readonly admit?: () => void;
  /** The group of the sender's address for limits. It is only called if the delivery is refused. */
  readonly sender?: () => string;
  /**
   * The time by which the delivery is checked and recorded. For a delivery that is tried again, it is the time of its arrival.
   */
  readonly receivedAt?: number;
}

/** The path of every delivery: verify → normalize → append. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #faults: VerifierFaults;
  readonly #brought: ReceivedSecrets;
  readonly #backlog: Backlog;
  readonly #unverified = new Unverified();
  #named: { readonly naming: Naming; readonly namer: Namer } | null = null;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#faults = new VerifierFaults(options.logger);
    this.#brought = new ReceivedSecrets(options);
    this.#backlog = new Backlog(options.mostWaiting);
  }

  /** Whether deliveries can't be recorded, judging by the last ones. */
  get isFailing(): boolean {
    return this.#backlog.isFailing;
  }

  /**
   * @param isPlain whether the path ends with the source's name. Only a source with a secret in its path may have more after
   *   it.
   * @throws {HookcastError} UNKNOWN_SOURCE. It is called before the body is read.
   */
  source(name: string, isPlain = true): Provider {
    const provider = this.#options.sources.get(name);
    if (provider && (isPlain || provider.pathSecret)) return provider;
    throw new HookcastError('UNKNOWN_SOURCE', 'There is no source with this name. Check the last part of the URL.');
  }

  /**
   * The answer to an unsigned challenge of a source's sender; null if the request is none. Nothing of it is recorded except a
   * secret that it brings.
   *
   * @throws {HookcastError} SIGNATURE_INVALID when the source does not answer this challenge; LOG_UNAVAILABLE when the secret
   *   can't be kept.
   */
  challenged(source: string, request: Omit<Arrived, 'receivedAt'>): Promise<ChallengeResponse | null> | null {
    const provider = this.source(source);
    if (!provider.challenges?.some(({ signed }) => !signed)) return null;
    return this.#answer(provider, source, { ...request, receivedAt: this.#options.now() });
  }

  /**
   * Resolves once the events of the delivery are durable, and not before.
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
        this.#unverified.during(source, arrived.body.length, () =>
          this.#faults.watch(source, () => this.#verify(provider, source, arrived)),
        ),
      );
      // Each `await` costs a turn of the queue of promises, and most verifiers need none.
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
      observer.step('append', () => setAside(this.#options, provider, { source, receivedAt, verified, why }, observer));
    switch (normalised.outcome) {
      case 'pong':
        return { status: 'pong', id: null };
      case 'ignored':
        observer.ignored(normalised.reason);
        return { status: 'ignored', id: null };
      case 'unfit': {
        observer.identified(normalised.type, normalised.eventId);
        return this.#backlog.run(() =>
          quarantine({ ...normalised, tenant: tenantOf(provider.name, normalised.account) }),
        );
      }
      case 'event':
        observer.identified(normalised.event.type, normalised.event.eventId);
        return this.#backlog.run(async () => {
          const { log, logger } = this.#options;
          const { event, appended } = await observer.step('append', () => record(normalised, { log, logger, namer }));
          const { type, eventId } = event;
          observer.identified(type, eventId);
          if (appended.outcome === 'refused') {
            const issues = [{ path: '', message: `the log refused the event: ${appended.reason}` }];
            // The quarantine keeps the event's own id: nobody would recognize one that hookcast gave it instead.
            return quarantine({ type, eventId: normalised.event.eventId, issues, tenant: event.tenant });
          }
          // A duplicate erases as well: it may be the retry of a delivery that failed after its event was recorded.
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

  /**
   * Receives a delivery that may tell of several events. Those that fit are recorded together, and each of the others waits in
   * quarantine by itself.
   */
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
      setAside(this.#options, provider, { source, receivedAt, verified, why }, observer);
    if (!isList(parts)) {
      const why = { type: null, eventId: null, issues: [parts], tenant: null };
      return this.#backlog.run(() =>
        observer.step('append', () => keep(sealed(asWhole(authentic), source, namer), why)),
      );
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
    return isNothing ? receipt() : this.#backlog.run(receipt);
  }

  /** A new namer is made only if the log's naming has changed: to prepare its key takes longer than to make an id. */
  #namer(naming: Naming): Namer {
    if (this.#named?.naming !== naming) this.#named = { naming, namer: new Namer(naming) };
    return this.#named.namer;
  }

  #observe(provider: Provider, source: string, verified: Verified, normalised: Normalised, at: number): void {
    const type =
      normalised.outcome === 'event' ? normalised.event.type : normalised.outcome === 'unfit' ? normalised.type : null;
    if (type !== null) this.#options.drift.observe(provider, source, type, verified.payload, at);
  }
}
