import type { z } from 'zod';
import {
  type AuthConfig,
  type ExchangeConfig,
  type ProviderConfig,
  type SessionConfig,
  authOf,
  exchangeOf,
  placesOf,
  providerOf,
  sessionsOf,
} from './auth-config.ts';
import type { Limits } from './limits.ts';
import { SHIPPED } from './providers/shipped.ts';
import type { ShippedSource } from './providers/shipped-source.ts';
import { type Variables, readFiles } from './setting-files.ts';
import { type Settings, environment } from './settings.ts';

/** Everything that can be set, checked. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** What senders have before the path of a source, without a slash at its end; null where that is not set. */
  readonly publicUrl: string | null;
  /** `sqlite:<path>` or `postgres://…`. */
  readonly databaseUrl: string;
  readonly sources: readonly SourceConfig[];
  readonly auth: AuthConfig;
  readonly sessions: SessionConfig;
  /** Where people sign in to the console; null where they can't. */
  readonly provider: ProviderConfig | null;
  /** Null where no tokens are exchanged. */
  readonly exchange: ExchangeConfig | null;
  /** Origins that may call from a browser; `*` is any. */
  readonly allowedOrigins: readonly string[];
  /** Whether the page for people is served. */
  readonly console: boolean;
  /** Whether it is a subgraph, for a router of Apollo Federation. */
  readonly federation: boolean;
  readonly retentionDays: number;
  readonly auditRetentionDays: number;
  /** For how long deliveries are kept that were refused for their signature, in milliseconds; null keeps none. */
  readonly keepRefused: number | null;
  /** Whether operators may send samples into the log. */
  readonly allowSamples: boolean;
  readonly limits: Limits;
  /** Whose `X-Forwarded-For` and `X-Forwarded-Host` are believed: addresses, networks, or names of networks (`loopback`, `uniquelocal`). */
  readonly trustProxy: readonly string[];
  /** Manifests of the only documents that are served: files or folders. None serves any document. */
  readonly trustedDocuments: readonly string[];
  /** What `/metrics` asks for instead of an operator's token. */
  readonly metricsToken: string | null;
  readonly drain: DrainConfig;
  readonly logLevel: string;
  /** Null without traces. They are expected when the environment says where to send them. */
  readonly telemetry: { readonly isExpected: boolean } | null;
  /**
   * For trying things out: serves GraphiQL, and hands it a token made by this, or none where that is null. Null in production.
   */
  readonly dev: { readonly token: (() => Promise<string>) | null } | null;
}

/** A source as the settings describe it, with what its provider is made of. */
export interface SourceConfig {
  readonly name: string;
  readonly provider: string;
  /** Whose events it takes; left out for everybody's. */
  readonly accounts?: readonly string[];
  readonly [option: string]: unknown;
}

/** How a gateway takes its leave, in milliseconds. */
export interface DrainConfig {
  /** For how long `/readyz` says so while everything is still taken: until nobody is sent here any more. */
  readonly notice: number;
  /** Over how long subscribers are sent away, so that they don't all come back at once. */
  readonly spread: number;
}

/** Settings that can't be used: one line for each thing to mend. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const TOKEN_FORM = environment.pick({
  AUTH_ISSUER: true,
  AUTH_AUDIENCE: true,
  AUTH_TENANTS_CLAIM: true,
  AUTH_TENANTS_PREFIX: true,
  AUTH_SCOPE_CLAIM: true,
  AUTH_SCOPE_PREFIX: true,
});

/**
 * The configuration that the environment describes.
 *
 * @param sourcesElsewhere - the sources are named in a file: the environment need not have any.
 * @throws {ConfigError} with one line for each setting that is wrong or missing.
 */
export function readConfig(
  env: Variables,
  { dev = null, sourcesElsewhere = false }: { readonly dev?: Config['dev']; readonly sourcesElsewhere?: boolean } = {},
): Config {
  const settings = parseSettings(env);
  const problems: string[] = [];
  const sources = sourcesElsewhere ? [] : sourcesOf(settings, problems);

  const auth = authOf(settings, problems);
  const provider = providerOf(settings, problems);
  const exchange = exchangeOf(settings, auth, problems);
  if (!auth || problems.length > 0) throw new ConfigError(problems);

  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL ?? (dev ? localUrl(settings.HOST, settings.PORT) : null),
    databaseUrl: settings.DATABASE_URL,
    sources,
    auth,
    sessions: sessionsOf(settings),
    provider,
    exchange,
    allowedOrigins: settings.ALLOWED_ORIGINS,
    console: settings.CONSOLE === 'on',
    federation: settings.FEDERATION === 'on',
    retentionDays: settings.RETENTION_DAYS,
    auditRetentionDays: settings.AUDIT_RETENTION_DAYS,
    keepRefused: settings.KEEP_REFUSED,
    allowSamples: settings.ALLOW_SAMPLES === 'on',
    limits: limitsOf(settings),
    trustProxy: settings.TRUST_PROXY,
    trustedDocuments: settings.TRUSTED_DOCUMENTS,
    metricsToken: settings.METRICS_TOKEN ?? null,
    drain: { notice: settings.DRAIN_NOTICE_SECONDS * 1000, spread: settings.DRAIN_SPREAD_SECONDS * 1000 },
    logLevel: settings.LOG_LEVEL,
    telemetry: telemetryOf(env),
    dev,
  };
}

/** Where a gateway of one's own machine is called. */
export function localUrl(host: string, port: number | string): string {
  return `http://${host === '' || host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

/** OpenTelemetry's own variables, which are the SDK's: here they only say whether there is one. */
function telemetryOf(env: Variables): Config['telemetry'] {
  const set = Object.keys(env).filter((name) => name.startsWith('OTEL_') && env[name]?.trim());
  if (set.length === 0 || env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return null;
  return { isExpected: set.some((name) => /^OTEL_EXPORTER_OTLP_(?:TRACES_)?ENDPOINT$/.test(name)) };
}

/** Only the sources: what is enough to look at a delivery. @throws {ConfigError} */
export function readSources(env: Variables): readonly SourceConfig[] {
  const problems: string[] = [];
  const sources = sourcesOf(parseSettings(env), problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return sources;
}

/** Only what tokens are like that a gateway with these settings takes. @throws {ConfigError} */
export function readTokenForm(env: Variables): Omit<AuthConfig, 'check'> {
  const settings = parse(TOKEN_FORM, env);
  const { AUTH_ISSUER: issuer = null, AUTH_AUDIENCE: audiences = [] } = settings;
  return { issuer, audiences, ...placesOf(settings) };
}

/** Only what tokens are signed with, the one that signs first; none where nothing is set. @throws {ConfigError} */
export function readSigningSecrets(env: Variables): readonly string[] {
  const settings = parse(environment.pick({ AUTH_SECRET: true, AUTH_SECRETS: true }), {
    AUTH_SECRET: env['AUTH_SECRET'],
    AUTH_SECRETS: env['AUTH_SECRETS'],
  });
  return settings.AUTH_SECRETS ?? (settings.AUTH_SECRET ? [settings.AUTH_SECRET] : []);
}

/** The environment with what stands in files put into it. @throws {ConfigError} */
export function readEnvironment(given: Variables, names?: readonly string[]): Variables {
  const { env, problems } = readFiles(given, names);
  if (problems.length > 0) throw new ConfigError(problems);
  return env;
}

/** Only where the log is: what is enough to look into it. @throws {ConfigError} */
export function readDatabaseUrl(given: Variables, name = 'DATABASE_URL'): string {
  const env = readEnvironment(given, [name]);
  const parsed = environment.shape.DATABASE_URL.safeParse(env[name] || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`${name}: ${parsed.error.issues[0]?.message ?? 'not a URL'}`]);
}

/** Only what senders have before the path of a source; null where that is not set. @throws {ConfigError} */
export function readPublicUrl(env: Variables): string | null {
  const parsed = environment.shape.PUBLIC_URL.safeParse(env['PUBLIC_URL']?.trim() || undefined);
  if (parsed.success) return parsed.data ?? null;
  throw new ConfigError([`PUBLIC_URL: ${parsed.error.issues[0]?.message ?? 'not a URL'}`]);
}

/** Only how many workers there are to be. @throws {ConfigError} */
export function readWorkers(env: Variables): number | 'auto' {
  const parsed = environment.shape.WORKERS.safeParse(env['WORKERS']?.trim() || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`WORKERS: ${parsed.error.issues[0]?.message ?? 'not a number'}`]);
}

/** Only how much the log of the gateway itself says. @throws {ConfigError} */
export function readLogLevel(env: Variables): string {
  const parsed = environment.shape.LOG_LEVEL.safeParse(env['LOG_LEVEL']?.trim() || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`LOG_LEVEL: ${parsed.error.issues[0]?.message ?? 'not a level'}`]);
}

/** Only how many values a delivery may have. @throws {ConfigError} */
export function readMostValues(env: Variables): number {
  const parsed = environment.shape.MAX_BODY_VALUES.safeParse(env['MAX_BODY_VALUES']?.trim() || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`MAX_BODY_VALUES: ${parsed.error.issues[0]?.message ?? 'not a number'}`]);
}

function parseSettings(whole: Variables): Settings {
  const { env, problems } = readFiles(whole);
  return parse(environment, env, problems);
}

function parse<S extends z.ZodObject>(schema: S, env: Variables, problems: readonly string[] = []): z.infer<S> {
  // A setting left empty, as in a copied .env.example, is a setting left out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  // For code that checks one value, zod would need longer to write it than the check takes.
  const parsed = schema.safeParse(given, { jitless: true });
  if (parsed.success && problems.length === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  throw new ConfigError([
    ...problems,
    ...issues.map(({ path, message }) => `${path[0]?.toString() ?? ''}: ${message}`),
  ]);
}

/** What there is without a setting. */
export function defaultLimits(): Limits {
  return limitsOf(environment.parse({}));
}

function limitsOf(settings: Settings): Limits {
  return {
    documents: {
      tokens: settings.GRAPHQL_MAX_TOKENS ?? null,
      depth: settings.GRAPHQL_MAX_DEPTH,
      aliases: settings.GRAPHQL_MAX_ALIASES,
      directives: settings.GRAPHQL_MAX_DIRECTIVES,
      cost: settings.GRAPHQL_MAX_COST ?? null,
      timeout: settings.GRAPHQL_TIMEOUT_MS,
      answer: settings.GRAPHQL_MAX_ANSWER_BYTES,
      message: settings.GRAPHQL_MAX_MESSAGE_BYTES,
    },
    connections: {
      message: settings.WS_MAX_MESSAGE_BYTES,
      init: settings.WS_INIT_TIMEOUT_MS,
      subscriptions: settings.WS_MAX_SUBSCRIPTIONS,
      subscribeRate: settings.WS_SUBSCRIBE_RATE,
      perToken: settings.MAX_CONNECTIONS_PER_TOKEN,
      perAddress: settings.MAX_CONNECTIONS_PER_ADDRESS,
      headers: settings.HTTP_HEADERS_TIMEOUT_MS,
      request: settings.HTTP_REQUEST_TIMEOUT_MS,
      keepAlive: settings.HTTP_KEEP_ALIVE_MS,
      stream: settings.EVENT_STREAM_SECONDS * 1000,
    },
    holders: {
      queryRate: settings.QUERY_RATE_PER_TOKEN,
      queries: settings.MAX_QUERIES_PER_TOKEN,
      subscriptions: settings.MAX_SUBSCRIPTIONS_PER_TOKEN,
      different: settings.MAX_DIFFERENT_SUBSCRIPTIONS_PER_TOKEN,
      allDifferent: settings.MAX_DIFFERENT_SUBSCRIPTIONS,
    },
    webhooks: {
      rate: settings.WEBHOOK_RATE,
      body: settings.MAX_BODY_BYTES,
      values: settings.MAX_BODY_VALUES,
      unfinished: settings.MAX_UNFINISHED_BYTES,
    },
    reading: settings.MAX_READING_BYTES,
  };
}

function sourcesOf(settings: Settings, problems: string[]): readonly SourceConfig[] {
  // Which providers there are, and so what their settings are called, no type says.
  const given = settings as unknown as Readonly<Record<string, unknown>>;
  const canCheck = ({ needs }: ShippedSource) => ((given[needs] as readonly unknown[] | undefined)?.length ?? 0) > 0;
  const named = settings.SOURCES?.map((name) => SHIPPED.find((source) => source.name === name)!);
  const wanted = named ?? SHIPPED.filter((source) => source.isDefault || canCheck(source));
  const able = wanted.filter(canCheck).map(({ name }) => name);
  for (const source of wanted) {
    const { name, needs, accounts, needsAccounts } = source;
    if (!canCheck(source)) problems.push(missing(source, able));
    else if (needsAccounts && given[accounts!] === undefined) {
      const why = `the sender of "${name}" signs for all of its customers with one key`;
      problems.push(`${accounts}: must be set beside ${needs}, to your own account: ${why}`);
    }
  }
  return wanted.map((source): SourceConfig => {
    const accounts = source.accounts === null ? [] : ((given[source.accounts] ?? []) as readonly string[]);
    const { name } = source;
    return { name, provider: name, ...source.read(given), ...(accounts.length > 0 && { accounts }) };
  });
}

function missing({ name, needs }: ShippedSource, able: readonly string[]): string {
  const otherwise =
    able.length > 0
      ? `leave the source out with SOURCES=${able.join(',')}`
      : 'name in SOURCES the sources that you have secrets of';
  return `${needs}: the source "${name}" has nothing to check its deliveries with; set it, or ${otherwise}`;
}
