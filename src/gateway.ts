import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { Audit } from './auth/audit.ts';
import { type Authenticate, authenticator } from './auth/authenticate.ts';
import { exchange } from './auth/exchange.ts';
import { IdentityProvider } from './auth/identity-provider.ts';
import { Sessions } from './auth/sessions.ts';
import { signerOf } from './auth/sign-token.ts';
import { signIn } from './auth/sign-in.ts';
import { Tokens } from './auth/tokens.ts';
import type { Config } from './config.ts';
import type { EventType } from './declaration/event-type.ts';
import { forLog } from './errors.ts';
import type { Issue } from './events/quarantine.ts';
import type { RecentRecord } from './events/recent.ts';
import { loggedOperations } from './execution/logged.ts';
import { Operations } from './execution/operations.ts';
import { operatorsOf } from './operator/operator.ts';
import { documentLimits } from './execution/document-limits.ts';
import { createSchema } from './graphql/schema.ts';
import { tracedOperations } from './execution/traced.ts';
import { readTrustedDocuments } from './execution/trusted-documents.ts';
import { createGraphQL } from './execution/yoga.ts';
import { Addresses } from './http/address.ts';
import { Admission } from './transports/admission.ts';
import { auth } from './http/auth.ts';
import { Bodies } from './http/bodies.ts';
import { type ConsoleFiles, readConsole } from './http/console-files.ts';
import { serveClientModule } from './http/client-module.ts';
import { serveConsole } from './http/console.ts';
import { Drain, within } from './http/drain.ts';
import { graphql } from './transports/graphql-over-http.ts';
import { Health } from './http/health.ts';
import { LostUpgrades } from './transports/lost-upgrades.ts';
import { Origins } from './http/origins.ts';
import { Turn } from './transports/outflow.ts';
import { ProviderSignIn } from './http/provider-sign-in.ts';
import { Quotas } from './transports/quotas.ts';
import { closeHttpServer, createHttpServer } from './http/server.ts';
import { SignIns } from './http/sign-in.ts';
import { TOKENS_OF_HOLDER, TRIES_OF_ADDRESS, tokenExchange } from './http/token-exchange.ts';
import { webhooks } from './http/webhooks.ts';
import { WebSockets } from './transports/websocket.ts';
import { admit } from './ingest/admit.ts';
import { Answers } from './ingest/answer-counts.ts';
import { Review } from './ingest/review.ts';
import { Drift } from './ingest/drift.ts';
import { Ingest } from './ingest/ingest.ts';
import { Reconciler } from './ingest/reconciler.ts';
import { Pauses } from './ingest/pauses.ts';
import { Refusals } from './ingest/refusals.ts';
import { Recent } from './ingest/recent.ts';
import { Reprocessing } from './ingest/reprocess.ts';
import { Silences } from './ingest/silences.ts';
import { Samples } from './ingest/samples.ts';
import type { Limit } from './limits.ts';
import { Live } from './live/live.ts';
import { Ration } from './live/ration.ts';
import { retain } from './live/retention.ts';
import type { LogSharing } from './log/sharing.ts';
import { openLog } from './open-log.ts';
import type { Provider } from './providers/provider.ts';
import { differences, servedTypes } from './served-types.ts';
import { Serving } from './serving.ts';
import { createSources } from './sources.ts';
import { OwnTallies } from './tallies/own-tallies.ts';
import type { Tallies } from './tallies/tallies.ts';
import { type Measured, Metrics } from './telemetry/metrics.ts';
import { Reports } from './telemetry/reports.ts';
import { PACKAGE } from './version.ts';

/** Where `npm run build` puts the console. */
const CONSOLE = fileURLToPath(new URL('dist/console', PACKAGE));

/** Deliveries that may wait for the log at once: at a thousand a second, what Wix still waits for. */
const MOST_WAITING = 1_000;

const NO_SDK =
  'OTEL_EXPORTER_OTLP_ENDPOINT is set, and no OpenTelemetry SDK is registered: no traces. Install ' +
  '@opentelemetry/auto-instrumentations-node and start with ' +
  'NODE_OPTIONS="--import @opentelemetry/auto-instrumentations-node/register", or unset it.';

const NO_CONSOLE =
  'There is no built console, and /console answers 404. Run "npm run build", or set CONSOLE=off to do without.';

/**
 * How long requests under way may take when the gateway drains, and how long its log, in milliseconds. With the longest
 * notice and spread that may be set, a drain ends within thirty seconds.
 */
const GRACE = 4_000;
const LAST = 4_500;

/** A clock that nobody sets, for rates. */
const clock = () => performance.now();

export interface Gateway {
  /** Where it listens, `http://host:port`. Only once it does. */
  readonly url: string;
  listen(): Promise<void>;
  /**
   * Takes sources, what tokens are checked with and the token of the metrics anew, all at once and for what comes from now on:
   * a delivery that is being checked, and a subscription that has begun, go on as they were. The rest of a configuration stays.
   */
  reload(config: Config, sources: ReadonlyMap<string, Provider>): void;
  /** What this gateway alone measures. */
  measure(): Promise<Measured>;
  /** Drains: finishes what is under way, sends subscribers away to come back, closes the log. */
  close(): Promise<void>;
}

/** What a gateway has together with the others of its machine, each a worker in a thread of its own. */
export interface PoolMember {
  readonly workers: number;
  /** Whether it does what need not be done by each of them. */
  readonly isFirst: boolean;
  /** Whether none of them listens yet: the port must then be nobody's. */
  readonly isAlone: boolean;
  readonly tallies: Tallies;
  readonly startThread: LogSharing['startThread'];
  /** What all of them measure. */
  readonly scrape: Metrics['text'];
  /** The last deliveries of all of them. */
  readonly shareRecent: (own: RecentRecord) => RecentRecord;
}

export interface GatewayDependencies {
  readonly logger: Logger;
  /** Null when it is the only one. */
  readonly pool?: PoolMember | null;
  /** Those of the configuration when they are left out. */
  readonly sources?: ReadonlyMap<string, Provider>;
  /** What `npm run build` left when it is left out; null when that is nothing. */
  readonly consoleFiles?: ConsoleFiles | null;
  /** Makes the schema of these types of events; tests that start hundreds of gateways make each schema once. */
  readonly schemaOf?: (types: readonly EventType[], options: { readonly federation: boolean }) => GraphQLSchema;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * The whole gateway, put together.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when the log can't be opened.
 * @throws {ConfigError} when types of events can't stand in one schema, or the manifest of trusted documents can't be served.
 */
export async function createGateway(
  config: Config,
  {
    logger,
    pool = null,
    now = Date.now,
    sources: given,
    consoleFiles = readConsole(CONSOLE),
    schemaOf = createSchema,
  }: GatewayDependencies,
): Promise<Gateway> {
  // A holder of one of these reads it anew each time: a reload replaces its contents.
  const sources = new Map(given ?? (await createSources(config.sources)));
  const onLimit = (limit: Limit) => metrics.limited(limit);
  const check = authenticator(config.auth, now, onLimit);
  const providerOf = ({ provider }: Config) => provider && new IdentityProvider(provider, now, onLimit);
  const current = { config, check, provider: providerOf(config) };
  const authenticate: Authenticate = async (...asked) => tokens.admit(await current.check(...asked));
  const types = servedTypes(sources.values());
  const metrics = new Metrics({
    log: () => log.measure(),
    subscribers: () => live.size,
    buffered: () => sockets.bufferedBytes,
    otherTypes: () => serving.others,
    silent: () => [...sources.keys()].map((source) => [source, silences.of(source) !== null] as const),
    switchedOff: () => [...sources.keys()].map((source) => [source, silences.isSwitchedOff(source)] as const),
    now,
  });
  const workers = pool?.workers ?? 1;
  const tallies = pool?.tallies ?? new OwnTallies(clock);
  const sharing = pool && { gateways: workers, startThread: pool.startThread };
  const log = await openLog(config.databaseUrl, metrics.commits, (message) => logger.warn(message), sharing);
  const pauses = new Pauses(log);
  // The writer's thread starts while the schema is made. What keeps it from writing, `health` finds and says.
  void log.tryToWrite().catch(() => {});
  const schema = schemaOf(types, { federation: config.federation });
  const documents = documentLimits(config.limits.documents, schema);
  const { trustedDocuments: manifests } = config;
  const trust = () => (manifests.length === 0 ? null : readTrustedDocuments(manifests, schema, documents));
  const onDrift = (source: string, type: string, change: string) => metrics.drifted(source, type, change);
  const begin = async () => {
    const trusted = trust();
    const drift = new Drift({ record: log, logger, onDrift }, await log.listFields());
    const changed = async () => void (await Promise.all([pauses.look(), drift.look()]));
    return [trusted, drift, await Tokens.open({ record: log, logger, now, changed })] as const;
  };
  const [trusted, drift, tokens] = await begin().catch(async (error: unknown) => {
    // Or its connections would keep a process that could not start.
    await log.close();
    throw error;
  });
  const sessions = new Sessions({ record: log, tokens, config: () => current.config.sessions, now });
  const signingIn = signIn(authenticate, sessions);
  const drain = new Drain();
  const reports = new Reports(logger, () => log.head());
  const tracing = config.telemetry ? await openTracing(() => live.size.live + live.size.behind) : null;
  if (config.telemetry?.isExpected && !tracing) logger.warn(NO_SDK);
  if (config.console && !consoleFiles) logger.warn(NO_CONSOLE);
  const ration = new Ration(config.limits.reading, () => onLimit('read_bytes'));
  const live = new Live({
    log,
    limits: config.limits.holders,
    tallies,
    onLimit,
    ration,
    report: (cause) => reports.reading.failed(() => forLog(cause)),
    onPublish: (publication) => {
      metrics.published(publication);
      tracing?.published(publication);
    },
    onReplay: (messages) => metrics.replayed(messages),
  });
  const onQuarantine = (source: string, issues: readonly Issue[]) => metrics.quarantined(source, issues);
  const { values: mostValues } = config.limits.webhooks;
  const mostWaiting = Math.ceil(MOST_WAITING / workers);
  const refusals = new Refusals({ log, logger, onLimit, now, keepFor: config.keepRefused });
  const ingest = new Ingest({
    sources,
    log,
    logger,
    drift,
    onQuarantine,
    now,
    mostValues,
    onLimit,
    mostWaiting,
    refusals,
  });
  const recent = new Recent(now);
  const { publicUrl } = config;
  const isAllowed = config.allowSamples || config.dev !== null;
  const answers = new Answers({ record: log, logger, now });
  const silences = new Silences({ record: log, sources, logger, now });
  const audit = new Audit({ record: log, logger, now });
  const serving = new Serving({ record: log, types, logger });
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
  const turn = new Turn();
  const { limits, dev } = config;
  const addresses = new Addresses(config.trustProxy);
  const admission = new Admission({ limits: limits.connections, addresses, tallies, onLimit, logger });
  const origins = new Origins({ allowed: config.allowedOrigins, addresses, logger });
  const bodies = new Bodies({ limits: limits.webhooks, addresses, onLimit, logger });
  const yoga = createGraphQL(schema, { dev, limits: documents });
  const plain = new Operations({
    schema,
    yoga,
    backing,
    audit,
    limits: documents,
    onLimit,
    trusted,
    dev: dev !== null,
    report: reports.of('a GraphQL operation failed'),
  });
  const logged = loggedOperations(plain, { logger, clock });
  const operations = tracing ? tracedOperations(logged, tracing) : logged;
  const quotas = new Quotas({ limits: limits.holders, tallies, onLimit });
  const sockets = new WebSockets({
    operations,
    live,
    turn,
    signIn: signingIn,
    tokens,
    origins,
    admission,
    drain,
    limits: limits.connections,
    quotas,
    onLimit,
    metrics,
    reports,
    logger,
    now,
    clock,
  });
  const health = new Health({
    log,
    ingest,
    metrics: pool ? { text: pool.scrape } : metrics,
    drain,
    authenticate,
    metricsToken: () => current.config.metricsToken,
    open: dev !== null,
    logger,
    clock,
  });
  await health.begin();
  const provider = () => current.provider;
  const count = (by: string, outcome: string) => metrics.signedIn(by, outcome);
  const signIns = new SignIns({ sessions, signIn: signingIn, provider, origins, bodies, audit, count, now });
  const refuseRevoked = (tokenId: string) => tokens.refuseRevoked(tokenId);
  const exchanging = () => {
    const { exchange: settings, auth } = current.config;
    return (
      settings &&
      ((form: URLSearchParams) =>
        exchange(form, { config: settings, provider: current.provider, auth, admit: refuseRevoked, now }))
    );
  };
  const server = createHttpServer({
    auth: auth({
      signIns: config.console ? signIns : null,
      provider: new ProviderSignIn({ signIns, provider, count, logger, now }),
      exchange: tokenExchange({
        exchange: exchanging,
        origins,
        bodies,
        addresses,
        rates: {
          ofAddress: tallies.rates('exchanges of', TRIES_OF_ADDRESS),
          ofHolder: tallies.rates('exchanged tokens of', TOKENS_OF_HOLDER),
        },
        audit,
        count,
      }),
    }),
    webhooks: webhooks({
      ingest,
      metrics,
      answers,
      pauses,
      recent,
      reports,
      tracing,
      logger,
      limits: limits.webhooks,
      tallies,
      bodies,
      addresses,
      publicUrl,
      clock,
    }),
    graphql: graphql({
      yoga,
      operations,
      live,
      turn,
      signIn: signingIn,
      tokens,
      origins,
      lostUpgrades: new LostUpgrades(logger),
      bodies,
      dev: dev !== null,
      admission,
      drain,
      quotas,
      onLimit,
      longestStream: limits.connections.stream,
      now,
      reports,
      metrics,
    }),
    console: config.console && consoleFiles ? serveConsole(consoleFiles) : null,
    client: consoleFiles && serveClientModule(consoleFiles),
    health,
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    drain,
    limits,
    onLimit,
    report: reports.of('a request failed'),
  });
  const entries = { what: 'entries of the audit', trim: (before: number) => log.trimAudit(before) };
  const doesUpkeep = !pool || pool.isFirst;
  const reconciler = doesUpkeep
    ? new Reconciler({
        sources,
        log,
        logger,
        mostValues,
        onLimit,
        now,
        reconciled: (source, missed) => metrics.reconciled(source, missed),
        failed: (source, trouble) => metrics.reconcileFailed(source, trouble),
      })
    : null;
  const stops = doesUpkeep
    ? [
        retain({ trim: (before) => log.trim(before) }, config.retentionDays, { now, logger }),
        retain(entries, config.auditRetentionDays, { now, logger }),
      ]
    : [];

  let closing: Promise<void> | null = null;
  const cutOff = (what: string) => logger.warn({ what }, 'cut off');
  const failed = (what: string) => (error: unknown) => logger.error({ what, ...forLog(error) }, 'a drain failed');
  const close = async () => {
    drain.announce();
    for (const stop of stops) stop();
    silences.stop();
    // Nobody has been sent here who would have to be kept away first.
    if (server.listening) await setTimeout(config.drain.notice);
    // The port stays open for as long: of those who come back here too soon nobody is refused, and no delivery.
    await drain.dismiss(config.drain.spread);
    // Deliveries under way still find the log open.
    const closed = server.listening && closeHttpServer(server, GRACE, () => cutOff('requests under way'));
    const gone = Promise.all([sockets.close(), closed]).catch(failed('connections'));
    await within(GRACE + 500, gone, () => cutOff('connections'));
    live.close();
    // What was acknowledged is durable, even if the log can't be closed.
    const ended = Promise.all([
      drift.stop(),
      answers.stop(),
      serving.stop(),
      tokens.stop(),
      audit.stop(),
      refusals.stop(),
      reconciler?.stop(),
    ]).then(() => log.close());
    await within(LAST, ended.catch(failed('the log')), () => cutOff('the log'));
    reports.close();
  };

  return {
    get url() {
      const { address, port, family } = server.address() as AddressInfo;
      return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    },
    async listen() {
      const { port, host } = config;
      // Who shares a port is not told that somebody else has it.
      if (pool?.isAlone) await assertFree(port, host);
      // Thousands come back at once when a gateway restarts; whom the queue has no place for tries again after a second.
      server.listen({ port, host, backlog: 4_096, reusePort: pool !== null });
      await once(server, 'listening');
      void serving.look();
    },
    measure: () => metrics.measure(),
    reload(next, nextSources) {
      // Clients hold documents of the schema as it is.
      const changed = differences(types, servedTypes(nextSources.values()));
      if (changed.length > 0) logger.warn({ types: changed }, 'these event types change only after a restart');
      // An issuer's keys are kept where it is the same: it may be away just now.
      if (!isDeepStrictEqual(next.auth, current.config.auth)) current.check = authenticator(next.auth, now, onLimit);
      if (!isDeepStrictEqual(next.provider, current.config.provider)) current.provider = providerOf(next);
      current.config = next;
      sources.clear();
      for (const [name, provider] of nextSources) sources.set(name, provider);
    },
    close: () => (closing ??= close()),
  };
}

/** Read only by those who want it. Null when nobody has registered an SDK. */
async function openTracing(subscribers: () => number) {
  const { Tracing } = await import('./telemetry/tracing.ts');
  return Tracing.open(subscribers);
}

/** @throws {Error} EADDRINUSE and the like. */
async function assertFree(port: number, host: string): Promise<void> {
  const server = createServer();
  server.listen({ port, host });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
