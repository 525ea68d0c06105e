import {
  type AuthConfig,
  type ExchangeConfig,
  type ProviderConfig,
  type SessionConfig,
  authOf,
  exchangeOf,
  providerOf,
  sessionsOf,
} from './auth-config.ts';
import { ConfigError } from './config-error.ts';
import type { Limits } from './limits.ts';
import { limitsOf } from './limits-config.ts';
import { parseSettings } from './parse-settings.ts';
import type { Variables } from './setting-files.ts';
import { type SourceConfig, sourcesOf } from './sources-config.ts';

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

/** How a gateway takes its leave, in milliseconds. */
export interface DrainConfig {
  /** For how long `/readyz` says so while everything is still taken: until nobody is sent here any more. */
  readonly notice: number;
  /** Over how long subscribers are sent away, so that they don't all come back at once. */
  readonly spread: number;
}

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
