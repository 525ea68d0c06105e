import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { assembleCore } from './assembly/core.ts';
import type { PoolMember } from './pool-member.ts';
import { assembleServer } from './assembly/server.ts';
import { Upkeep } from './assembly/upkeep.ts';
import type { Config } from './config.ts';
import type { EventType } from './declaration/event-type.ts';
import { forLog } from './errors.ts';
import { createSchema } from './graphql/schema.ts';
import { type ConsoleFiles, readConsole } from './http/console-files.ts';
import { within } from './http/drain.ts';
import { closeHttpServer } from './http/server.ts';
import type { Provider } from './providers/provider.ts';
import { differences, servedTypes } from './served-types.ts';
import { createSources } from './sources.ts';
import type { Measured } from './telemetry/metrics.ts';
import { PACKAGE } from './version.ts';

/** Where `npm run build` puts the console. */
const CONSOLE = fileURLToPath(new URL('dist/console', PACKAGE));

const NO_CONSOLE = 'The console is not built, and /console answers 404. Run "npm run build", or set CONSOLE=off.';

/**
 * How long requests under way may take when the gateway drains, and how long the log may take to close, in milliseconds. With the
 * longest notice and spread that may be set, a drain ends within thirty seconds.
 */
const GRACE = 4_000;
const LAST = 4_500;

/** A monotonic clock for rates, in milliseconds. */
const clock = () => performance.now();

export interface Gateway {
  /** Where the gateway listens, `http://host:port`. It may only be read once the gateway listens. */
  readonly url: string;
  listen(): Promise<void>;
  /**
   * Replaces the sources and every setting of `RELOADED`, all at once, for whatever comes from now on. A delivery that is being checked
   * and a subscription that has begun go on as they were. Other settings stay.
   */
  reload(config: Config, sources: ReadonlyMap<string, Provider>): void;
  /** Returns the metrics of this gateway alone. */
  measure(): Promise<Measured>;
  /** Drains: finishes what is under way, tells subscribers to reconnect, and closes the log. */
  close(): Promise<void>;
}

export interface GatewayDependencies {
  readonly logger: Logger;
  /** Null when this is the only gateway of the process. */
  readonly pool?: PoolMember | null;
  /** If left out, the sources of the configuration. */
  readonly sources?: ReadonlyMap<string, Provider>;
  /** If left out, the console that `npm run build` made. Null is no console. */
  readonly consoleFiles?: ConsoleFiles | null;
  /** Makes the schema of these types of events; tests that start hundreds of gateways make each schema once. */
  readonly schemaOf?: (types: readonly EventType[], options: { readonly federation: boolean }) => GraphQLSchema;
  /** Starts a thread of the log; tests that start hundreds of gateways use a thread for one log after the other. */
  readonly startThread?: PoolMember['startThread'];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Makes a whole gateway. It does not listen yet.
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
    startThread,
  }: GatewayDependencies,
): Promise<Gateway> {
  const sources = new Map(given ?? (await createSources(config.sources)));
  const core = await assembleCore(config, {
    logger,
    pool,
    sources,
    schemaOf,
    startThread: pool?.startThread ?? startThread ?? null,
    buffered: () => sockets.bufferedBytes,
    now,
    clock,
  });
  if (config.console && !consoleFiles) logger.warn(NO_CONSOLE);
  const { server, sockets } = await assembleServer(config, core, { logger, pool, consoleFiles, now, clock });
  const upkeep = !pool || pool.isFirst ? new Upkeep(config, core, { sources, logger, now }) : null;
  const { current, drain, log, live, metrics, reports, serving, silences, types } = core;

  let closing: Promise<void> | null = null;
  const cutOff = (what: string) => logger.warn({ what }, 'cut off');
  const failed = (what: string) => (error: unknown) => logger.error({ what, ...forLog(error) }, 'a drain failed');
  const close = async () => {
    drain.announce();
    upkeep?.stopForgetting();
    silences.stop();
    // A gateway that does not listen gets no requests, so it needs no notice.
    if (server.listening) await setTimeout(config.drain.notice);
    // The port stays open meanwhile, so that no delivery is refused, and no subscriber that reconnects too soon.
    await drain.dismiss(config.drain.spread);
    // The log is still open for deliveries under way.
    const closed = server.listening && closeHttpServer(server, GRACE, () => cutOff('requests under way'));
    const gone = Promise.all([sockets.close(), closed]).catch(failed('connections'));
    await within(GRACE + 500, gone, () => cutOff('connections'));
    live.close();
    // What was acknowledged is durable, even if the log can't be closed.
    const ended = Promise.all([
      core.drift.stop(),
      core.answers.stop(),
      serving.stop(),
      core.tokens.stop(),
      core.audit.stop(),
      core.refusals.stop(),
      upkeep?.stop(),
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
      // With a shared port (`reusePort`), listening may succeed although another program has the port.
      if (pool?.isAlone) await assertFree(port, host);
      // Thousands reconnect at once when a gateway restarts. A client that finds no place in the queue tries again after a second.
      server.listen({ port, host, backlog: 4_096, reusePort: pool !== null });
      await once(server, 'listening');
      void serving.look();
    },
    measure: () => metrics.measure(),
    reload(next, nextSources) {
      // The schema stays as it is, because clients have documents for it.
      const changed = differences(types, servedTypes(nextSources.values()));
      if (changed.length > 0) logger.warn({ types: changed }, 'these event types change only after a restart');
      current.reload(next);
      sources.clear();
      for (const [name, provider] of nextSources) sources.set(name, provider);
    },
    close: () => (closing ??= close()),
  };
}

/** @throws {Error} EADDRINUSE and the like. */
async function assertFree(port: number, host: string): Promise<void> {
  const server = createServer();
  server.listen({ port, host });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
