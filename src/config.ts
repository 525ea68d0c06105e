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

/** All settings, checked. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** The URL that senders have before the path of a source, without a slash at its end. Null if it is not set. */
  readonly publicUrl: string | null;
  /** `sqlite:<path>` or `postgres://…`. */
  readonly databaseUrl: string;
  readonly sources: readonly SourceConfig[];
  readonly auth: AuthConfig;
  readonly sessions: SessionConfig;
  /** The identity provider where people sign in to the console. Null if there is none. */
  readonly provider: ProviderConfig | null;
  /** Null if no tokens are exchanged. */
  readonly exchange: ExchangeConfig | null;
  /** Origins of pages that may call from a browser. `*` is any origin. */
  readonly allowedOrigins: readonly string[];
  /** Whether the console is served. */
  readonly console: boolean;
  /** Whether the schema is a subgraph, for a router of Apollo Federation. */
  readonly federation: boolean;
  readonly retentionDays: number;
  readonly auditRetentionDays: number;
  /** How long deliveries that were refused for their signature are kept, in milliseconds. Null keeps none. */
  readonly keepRefused: number | null;
  /** Whether operators may send samples into the log. */
  readonly allowSamples: boolean;
  readonly limits: Limits;
  /** Whose `X-Forwarded-For` and `X-Forwarded-Host` are believed: addresses, networks, or names of networks (`loopback`, `uniquelocal`). */
  readonly trustProxy: readonly string[];
  /** Files or folders of manifests of trusted documents. Only those documents are served; if the list is empty, any document is. */
  readonly trustedDocuments: readonly string[];
  /** The token that `/metrics` demands instead of an operator's token. */
  readonly metricsToken: string | null;
  readonly drain: DrainConfig;
  readonly logLevel: string;
  /** Null if there are no traces. They are expected when the environment says where to send them. */
  readonly telemetry: { readonly isExpected: boolean } | null;
  /**
   * For trying things out: serves GraphiQL, and gives it the token that `token` makes, or no token if `token` is null. Null in production.
   */
  readonly dev: { readonly token: (() => Promise<string>) | null } | null;
}

/** How a gateway drains. Both times are in milliseconds. */
export interface DrainConfig {
  /** How long `/readyz` answers 503 while the gateway still takes everything, so that balancers stop sending requests here. */
  readonly notice: number;
  /** The time over which subscribers are told to reconnect, so that they don't all come back at once. */
  readonly spread: number;
}

/**
 * Reads the configuration from the environment.
 *
 * @param sourcesElsewhere - whether a file names the sources, so that the environment need not have any.
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

/** The URL of a gateway on this machine. */
export function localUrl(host: string, port: number | string): string {
  return `http://${host === '' || host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

/** OpenTelemetry's variables belong to its SDK. Here they only show whether traces are wanted. */
function telemetryOf(env: Variables): Config['telemetry'] {
  const set = Object.keys(env).filter((name) => name.startsWith('OTEL_') && env[name]?.trim());
  if (set.length === 0 || env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return null;
  return { isExpected: set.some((name) => /^OTEL_EXPORTER_OTLP_(?:TRACES_)?ENDPOINT$/.test(name)) };
}
