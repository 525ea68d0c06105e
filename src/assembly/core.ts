import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { Audit } from '../auth/audit.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import { Sessions } from '../auth/sessions.ts';
import { signIn } from '../auth/sign-in.ts';
import { signerOf } from '../auth/sign-token.ts';
import { Tokens } from '../auth/tokens.ts';
import type { Config } from '../config.ts';
import type { EventType } from '../declaration/event-type.ts';
import { forLog } from '../errors.ts';
import { documentLimits } from '../execution/document-limits.ts';
import { loggedOperations } from '../execution/logged.ts';
import { Operations } from '../execution/operations.ts';
import { tracedOperations } from '../execution/traced.ts';
import { readTrustedDocuments } from '../execution/trusted-documents.ts';
import { createGraphQL } from '../execution/yoga.ts';
import { Drain } from '../http/drain.ts';
import { admit } from '../ingest/admit.ts';
import { Answers } from '../ingest/answer-counts.ts';
import { Drift } from '../ingest/drift.ts';
import { Ingest } from '../ingest/ingest.ts';
import { Pauses } from '../ingest/pauses.ts';
import { Recent } from '../ingest/recent.ts';
import { Refusals } from '../ingest/refusals.ts';
import { Reprocessing } from '../ingest/reprocess.ts';
import { Review } from '../ingest/review.ts';
import { Samples } from '../ingest/samples.ts';
import { Silences } from '../ingest/silences.ts';
import { Live } from '../live/live.ts';
import { Ration } from '../live/ration.ts';
import { openLog } from '../open-log.ts';
import { operatorsOf } from '../operator/operator.ts';
import type { Provider } from '../providers/provider.ts';
import { servedTypes } from '../served-types.ts';
import { Serving } from '../serving.ts';
import { OwnTallies } from '../tallies/own-tallies.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { Reports } from '../telemetry/reports.ts';
import { InForce } from './in-force.ts';
import type { PoolMember } from '../pool-member.ts';

/** The most deliveries that may wait for the log at once. At a thousand a second, that is as long as Wix waits. */
const MOST_WAITING = 1_000;

const NO_SDK =
  'OTEL_EXPORTER_OTLP_ENDPOINT is set, and no OpenTelemetry SDK is registered: no traces. Install ' +
  '@opentelemetry/auto-instrumentations-node and start with ' +
  'NODE_OPTIONS="--import @opentelemetry/auto-instrumentations-node/register", or unset it.';

export interface CoreOptions {
  readonly logger: Logger;
  readonly pool: PoolMember | null;
  /** Null if the log starts its threads for itself. */
  readonly startThread: PoolMember['startThread'] | null;
  /** The sources by name. Read the map anew each time: a reload replaces its contents. */
  readonly sources: ReadonlyMap<string, Provider>;
  readonly schemaOf: (types: readonly EventType[], options: { readonly federation: boolean }) => GraphQLSchema;
  /** Returns the bytes of frames that wait for slow sockets. */
  readonly buffered: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A monotonic clock for rates, in milliseconds. */
  readonly clock: () => number;
}

export type Core = Awaited<ReturnType<typeof assembleCore>>;

/**
 * Assembles a gateway without its network: the log, the recording of deliveries, live subscriptions, and the execution of operations.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when the log can't be opened.
 * @throws {ConfigError} when types of events can't stand in one schema, or the manifest of trusted documents can't be served.
 */
export async function assembleCore(
  config: Config,
  { logger, pool, startThread, sources, schemaOf, buffered, now, clock }: CoreOptions,
) {
  const types = servedTypes(sources.values());
  const metrics = new Metrics({
    log: () => log.measure(),
    subscribers: () => live.size,
    buffered,
    otherTypes: () => serving.others,
    silent: () => [...sources.keys()].map((source) => [source, silences.of(source) !== null] as const),
    switchedOff: () => [...sources.keys()].map((source) => [source, silences.isSwitchedOff(source)] as const),
    now,
  });
  const { onLimit } = metrics;
  const current = new InForce(config, now, onLimit);
  const authenticate: Authenticate = async (...asked) => tokens.admit(await current.check(...asked));
  const workers = pool?.workers ?? 1;
  const tallies = pool?.tallies ?? new OwnTallies(clock);
  const sharing = startThread && { gateways: workers, startThread };
  const log = await openLog(config.databaseUrl, metrics, (message) => logger.warn(message), sharing);
  const pauses = new Pauses(log.pauses);
  // This starts the writer's thread while the schema is made. If it can't write, `health` finds and reports that.
  void log.tryToWrite().catch(() => {});
  const schema = schemaOf(types, { federation: config.federation });
  const documents = documentLimits(config.limits.documents, schema);
  const { trustedDocuments: manifests } = config;
  const trust = () => (manifests.length === 0 ? null : readTrustedDocuments(manifests, schema, documents));
  const begin = async () => {
    const trusted = trust();
    const drift = new Drift({ record: log.fields, logger, onDrift: metrics.onDrift }, await log.fields.list());
    const changed = async () => void (await Promise.all([pauses.look(), drift.look()]));
    return [trusted, drift, await Tokens.open({ record: log.tokens, logger, now, changed })] as const;
  };
  const [trusted, drift, tokens] = await begin().catch(async (error: unknown) => {
    // Otherwise the log's connections would keep a process alive that could not start.
    await log.close();
    throw error;
  });
  const sessions = new Sessions({
    record: log.tokens,
    tokens,
    config: () => current.config.sessions,
    keys: () => current.keys,
    now,
  });
  const signingIn = signIn(authenticate, sessions);
  const drain = new Drain();
  const reports = new Reports(logger, () => log.head());
  const tracing = config.telemetry ? await openTracing(() => live.size.live + live.size.behind) : null;
  if (config.telemetry?.isExpected && !tracing) logger.warn(NO_SDK);
  const ration = new Ration(config.limits.reading, () => onLimit('read_bytes'));
  const live = new Live({
    log,
    limits: config.limits.holders,
    tallies,
    onLimit,
    ration,
    report: (cause) => reports.reading.failed(() => forLog(cause)),
    onPublish: (publication) => {
      metrics.onPublish(publication);
      tracing?.published(publication);
    },
    onReplay: metrics.onReplay,
  });
  const { values: mostValues } = config.limits.webhooks;
  const mostWaiting = Math.ceil(MOST_WAITING / workers);
  const refusals = new Refusals({ log, logger, onLimit, now, keepFor: config.keepRefused });
  const ingest = new Ingest({
    sources,
    log,
    logger,
    drift,
    onQuarantine: metrics.onQuarantine,
    now,
    mostValues,
    onLimit,
    mostWaiting,
    refusals,
  });
  const recent = new Recent(now);
  const { publicUrl } = config;
  const isAllowed = config.allowSamples || config.dev !== null;
  const answers = new Answers({ record: log.answers, logger, now });
  const silences = new Silences({ log, sources, logger, now });
  const audit = new Audit({ record: log.audit, logger, now });
  const serving = new Serving({ record: log.types, types, logger });
  const backing = {
    log,
    ration,
    review: new Review({ sources, log, logger, mostValues, onLimit, now }),
    reprocessor: new Reprocessing({ sources, log, logger, mostValues, onLimit, now }),
    sources,
    answers,
    silences,
    operator: operatorsOf({
      log,
      refusals: { admit: (id) => admit({ ingest, log, publicUrl, now }, id) },
      signer: () => signerOf(current.config.auth),
      sources,
      samples: new Samples({ sources, ingest, recent, isAllowed, publicUrl, now }),
      recent: pool ? pool.shareRecent(recent) : recent,
      publicUrl,
      changed: () => tokens.look().catch(() => {}),
      now,
    }),
    now,
  };
  const yoga = createGraphQL(schema, { dev: config.dev, limits: documents });
  const plain = new Operations({
    schema,
    yoga,
    backing,
    audit,
    limits: documents,
    onLimit,
    trusted,
    dev: config.dev !== null,
    report: reports.of('a GraphQL operation failed'),
  });
  const logged = loggedOperations(plain, { logger, clock });
  const operations = tracing ? tracedOperations(logged, tracing) : logged;
  return {
    current,
    authenticate,
    tokens,
    sessions,
    signIn: signingIn,
    types,
    metrics,
    onLimit,
    tallies,
    log,
    pauses,
    drain,
    reports,
    tracing,
    live,
    drift,
    refusals,
    ingest,
    recent,
    answers,
    silences,
    audit,
    serving,
    yoga,
    operations,
  };
}

/** Loads the tracing code only if it is wanted. Returns null when nobody has registered an SDK. */
async function openTracing(subscribers: () => number) {
  const { Tracing } = await import('../telemetry/tracing.ts');
  return Tracing.open(subscribers);
}
