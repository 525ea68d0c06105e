import type { Logger } from 'pino';
import { exchange } from '../auth/exchange.ts';
import type { Config } from '../config.ts';
import { Addresses } from '../http/address.ts';
import { auth } from '../http/auth.ts';
import { Bodies } from '../http/bodies.ts';
import { serveClientModule } from '../http/client-module.ts';
import type { ConsoleFiles } from '../http/console-files.ts';
import { serveConsole } from '../http/console.ts';
import { Health } from '../http/health.ts';
import { Origins } from '../http/origins.ts';
import { CODES_OF_ADDRESS, ProviderSignIn } from '../http/provider-sign-in.ts';
import { createHttpServer } from '../http/server.ts';
import { SignIns } from '../http/sign-in.ts';
import { TOKENS_OF_HOLDER, TRIES_OF_ADDRESS, tokenExchange } from '../http/token-exchange.ts';
import { webhooks } from '../http/webhooks.ts';
import { Admission } from '../transports/admission.ts';
import { graphql } from '../transports/graphql-over-http.ts';
import { LostUpgrades } from '../transports/lost-upgrades.ts';
import { Turn } from '../transports/outflow.ts';
import { Quotas } from '../transports/quotas.ts';
import { WebSockets } from '../transports/websocket.ts';
import type { Core } from './core.ts';
import type { PoolMember } from '../pool-member.ts';

export interface ServerOptions {
  readonly logger: Logger;
  readonly pool: PoolMember | null;
  /** Null where there is no built console. */
  readonly consoleFiles: ConsoleFiles | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A monotonic clock for rates, in milliseconds. */
  readonly clock: () => number;
}

/** Assembles what a gateway shows to the network: the server, which does not listen yet, and its WebSockets. */
export async function assembleServer(
  config: Config,
  core: Core,
  { logger, pool, consoleFiles, now, clock }: ServerOptions,
) {
  const { current, authenticate, tokens, sessions, signIn, metrics, onLimit, tallies, log, drain, reports, tracing } =
    core;
  const { pauses, live, ingest, recent, answers, audit, yoga, operations } = core;
  const { publicUrl } = config;
  const turn = new Turn();
  const { limits, dev } = config;
  const addresses = new Addresses(config.trustProxy);
  const admission = new Admission({ limits: limits.connections, addresses, tallies, onLimit, logger });
  const origins = new Origins({ allowed: config.allowedOrigins, addresses, logger });
  const bodies = new Bodies({ limits: limits.webhooks, addresses, onLimit, logger });
  const quotas = new Quotas({ limits: limits.holders, tallies, onLimit });
  const sockets = new WebSockets({
    operations,
    live,
    turn,
    signIn,
    tokens,
    origins,
    admission,
    drain,
    limits: limits.connections,
    quotas,
    onLimit,
    observer: metrics,
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
  const { onSignIn } = metrics;
  const signIns = new SignIns({ sessions, signIn, provider, origins, bodies, audit, onSignIn, now });
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
      provider: new ProviderSignIn({
        signIns,
        provider,
        addresses,
        rates: tallies.rates('codes of', CODES_OF_ADDRESS),
        onSignIn,
        logger,
        now,
      }),
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
        onSignIn,
      }),
    }),
    webhooks: webhooks({
      ingest,
      observer: metrics,
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
      signIn,
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
      observer: metrics,
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
  return { server, sockets };
}
