import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Authenticate } from '../auth/authenticate.ts';
import { type Viewer, requireOperator } from '../auth/viewer.ts';
import { HookcastError, forLog } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Drain } from './drain.ts';
import { isFromHere } from './from-here.ts';

export interface HealthOptions {
  readonly log: EventLog;
  readonly ingest: Ingest;
  readonly metrics: Pick<Metrics, 'text'>;
  readonly drain: Drain;
  readonly authenticate: Authenticate;
  /** Gives the token that may be sent to `/metrics` instead of an operator's. Null if none is set. */
  readonly metricsToken: () => string | null;
  /** Whether anybody at this machine may read the metrics, as in dev. */
  readonly open: boolean;
  readonly logger: Logger;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

/** The answer that anybody may see. Only the gateway's log has the reason. */
export type Readiness = 'ok' | 'draining' | 'unavailable';

/** The reason why no traffic should come, and its cause for the log. */
interface Trouble {
  readonly reason: string;
  readonly cause?: unknown;
}

/** How long the log may take to answer, in milliseconds: probes wait no longer. */
const PATIENCE = 900;
const UNREACHABLE = 'the log is unreachable';
const UNWRITABLE = "the log can't be written";
/** How long a reason is not logged again, in milliseconds: anybody may ask, as often as they like. */
const SAID = 60_000;

/**
 * How long a trial's result counts, in milliseconds. A good one counts for as long as a failure may stay unnoticed, a bad one only
 * for a second. Anybody may ask, and each trial is a commit.
 */
const TRIAL = { good: 5_000, bad: 1_000 };

interface Trial {
  readonly at: number;
  readonly answer: Promise<Trouble | null>;
  /** Null while the trial runs. */
  isGood: boolean | null;
}

/** Answers the probes and scrapes of operators: whether traffic may come here, and the metrics. */
export class Health {
  readonly #options: HealthOptions;
  readonly #said = new Map<string, number>();
  /** The look into the log that is under way. All that ask meanwhile share it: anybody may ask, as often as they like. */
  #looking: Promise<Trouble | null> | null = null;
  /** The last trial of writing. */
  #trial: Trial | null = null;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** Tries writing for the first time, so that a probe need not wait for it once the gateway listens. */
  async begin(): Promise<void> {
    await this.#tryToWrite();
  }

  /** Whether traffic should come. */
  async readiness(): Promise<Readiness> {
    if (this.#options.drain.isAnnounced) return 'draining';
    const trouble = await (this.#looking ??= this.#look().finally(() => (this.#looking = null)));
    if (trouble === null) return 'ok';
    this.#say(trouble);
    return 'unavailable';
  }

  /**
   * The metrics, for a caller that may read them.
   *
   * @throws {HookcastError} UNAUTHENTICATED, TOKEN_EXPIRED, or FORBIDDEN without the scope `ops` and every tenant: they count
   *   what all tenants do, and name the types of their events.
   */
  async metrics(request: IncomingMessage): Promise<{ contentType: string; body: string }> {
    const { open, metricsToken, metrics } = this.#options;
    const { authorization } = request.headers;
    const isOpen = (open && isFromHere(request)) || isBearer(authorization, metricsToken());
    if (!isOpen) requireOperator(await this.#viewer(authorization), 'The metrics count events of every tenant');
    return metrics.text();
  }

  async #viewer(authorization: string | undefined): Promise<Viewer> {
    try {
      return await this.#options.authenticate(authorization);
    } catch (error) {
      if (!(error instanceof HookcastError) || error.code !== 'UNAUTHENTICATED') throw error;
      // The message is the same if METRICS_TOKEN is not set: a stranger need not know whether it is.
      throw new HookcastError(
        'UNAUTHENTICATED',
        `Send the value of METRICS_TOKEN as bearer token, or a JWT with the scope "ops" for every tenant. As a JWT, this was refused: ${error.message}`,
        { cause: error },
      );
    }
  }

  async #look(): Promise<Trouble | null> {
    const { ingest, log } = this.#options;
    if (ingest.isFailing) return { reason: 'deliveries could not be recorded' };
    return Promise.race([
      unless(log.head(), UNREACHABLE)
        .then((trouble) => trouble ?? unless(log.assertWritable(), UNWRITABLE))
        .then((trouble) => trouble ?? this.#tryToWrite()),
      setTimeout<Trouble>(PATIENCE, { reason: UNREACHABLE }, { ref: false }),
    ]);
  }

  #tryToWrite(): Promise<Trouble | null> {
    const now = this.#options.clock();
    const known = this.#trial;
    if (known && now - known.at < (known.isGood === false ? TRIAL.bad : TRIAL.good)) return known.answer;
    const answer = unless(this.#options.log.tryToWrite(), UNWRITABLE);
    const trial: Trial = { at: now, answer, isGood: null };
    this.#trial = trial;
    return answer.then((trouble) => {
      trial.isGood = trouble === null;
      return trouble;
    });
  }

  #say({ reason, cause }: Trouble): void {
    const now = this.#options.clock();
    if (now - (this.#said.get(reason) ?? -Infinity) < SAID) return;
    this.#said.set(reason, now);
    this.#options.logger.warn({ reason, cause }, 'not ready');
  }
}

/** Null if the work succeeds. If it fails, the trouble has this reason. */
function unless(work: Promise<unknown>, reason: string): Promise<Trouble | null> {
  return work.then(
    () => null,
    (error: unknown): Trouble => ({ reason, cause: forLog(error)['reason'] }),
  );
}

/** Whether the token was sent. Hashes are compared: they have the same length, and the time does not tell where they differ. */
function isBearer(authorization: string | undefined, token: string | null): boolean {
  const given = /^Bearer +(.+)$/i.exec(authorization?.trim() ?? '')?.[1];
  if (token === null || given === undefined) return false;
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'));
}
