import { z } from 'zod';
import { claimPath, issuer, jwksUrl, providerIssuer } from './auth-settings.ts';
import { isPlaceholder } from './guessable.ts';
import { SHIPPED } from './providers/shipped.ts';
import {
  isLongEnough,
  keepingFor,
  origins,
  proxies,
  publicKeyText,
  publicUrl,
  whole,
  workers,
} from './setting-forms.ts';
import { list, listOf } from './setting-lists.ts';

/** The names of the sources that settings alone can make. A source has the name of its provider. */
export const PROVIDERS: readonly string[] = SHIPPED.map(({ name }) => name);
/** The settings about sources. A user's own `hookcast.config.ts` replaces them. */
export const SOURCE_SETTINGS: readonly string[] = [
  'SOURCES',
  ...SHIPPED.flatMap(({ settings }) => Object.keys(settings)),
];
/** Settings that may stand in a file, whose path is in the variable with `_FILE` behind the name: secrets, and settings that change often. */
export const IN_FILES: readonly string[] = [
  'DATABASE_URL',
  ...SHIPPED.flatMap(({ needs, api }) => (api === null ? [needs] : [needs, api])),
  'AUTH_PUBLIC_KEY',
  'AUTH_SECRET',
  'AUTH_SECRETS',
  'OIDC_CLIENT_SECRET',
  'EXCHANGE_WIX_SECRETS',
  'METRICS_TOKEN',
];
/** The scopes of auth/viewer.ts, which this file may not import. */
const SCOPES = ['events:read', 'pii:read', 'raw:read', 'ops'] as const;
/** The most secrets of tokens at one time: the one that signs, and those that it replaces. */
const MOST_SECRETS = 8;
const PLACEHOLDER = 'is a placeholder, which everybody knows; "openssl rand -base64 32" makes a secret';
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The gateway's own settings, each documented in the README and in `.env.example`. */
const own = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(4000),
  WORKERS: workers.default(1),
  PUBLIC_URL: publicUrl.optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:|postgres(?:ql)?:\/\/)./, {
      error: 'expected sqlite:<path of a file> or postgres://user:password@host:5432/database',
    })
    .default('sqlite:./data/hookcast.db'),
  SOURCES: list
    .pipe(z.array(z.enum(PROVIDERS, { error: `expected a list of ${PROVIDERS.join(', ')}` })).min(1))
    .optional(),
  AUTH_JWKS_URL: jwksUrl.optional(),
  AUTH_PUBLIC_KEY: publicKeyText.optional(),
  AUTH_SECRET: z
    .string()
    .refine(isLongEnough, { error: 'needs at least 32 bytes (RFC 7518, section 3.2)' })
    .refine((secret) => !isPlaceholder(secret), { error: PLACEHOLDER })
    .optional(),
  AUTH_SECRETS: list
    .refine((secrets) => secrets.every(isLongEnough), {
      error: 'each needs at least 32 bytes (RFC 7518, section 3.2); write secrets that have a comma as a JSON list',
    })
    .refine((secrets) => !secrets.some(isPlaceholder), { error: PLACEHOLDER })
    // A token that no secret has signed is tried with each, and anybody can send such tokens.
    .refine((secrets) => secrets.length > 0 && secrets.length <= MOST_SECRETS, {
      error: `expected one secret to ${MOST_SECRETS}`,
    })
    .optional(),
  AUTH_JWKS_PLAIN_HTTP: z.enum(['on', 'off'], { error: 'expected on or off' }).default('off'),
  AUTH_ISSUER: issuer.optional(),
  // An empty list would be no check at all.
  AUTH_AUDIENCE: list.refine((audiences) => audiences.length > 0, { error: 'expected an audience' }).optional(),
  AUTH_TENANTS_CLAIM: claimPath.optional(),
  AUTH_TENANTS_PREFIX: z.string().default(''),
  AUTH_SCOPE_CLAIM: claimPath.optional(),
  AUTH_SCOPE_PREFIX: z.string().default(''),
  SESSION_IDLE_DAYS: whole(1, 365).default(14),
  SESSION_DAYS: whole(1, 365).default(90),
  OIDC_ISSUER: providerIssuer.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_SCOPES: listOf(/[\s,]+/).default([]),
  OIDC_NAME: z.string().max(50, { error: 'expected 50 characters at most' }).optional(),
  EXCHANGE_AUDIENCE: list.default([]),
  EXCHANGE_WIX_SECRETS: list
    .refine((secrets) => secrets.every((secret) => Buffer.byteLength(secret) >= 16), {
      error: 'expected the secret of a Wix app, which has at least 16 characters',
    })
    .refine((secrets) => !secrets.some(isPlaceholder), { error: PLACEHOLDER })
    .default([]),
  EXCHANGE_SCOPES: listOf(/[\s,]+/)
    .pipe(z.array(z.enum(SCOPES, { error: `expected one or more of ${SCOPES.join(', ')}` })).min(1))
    .default(['events:read']),
  ALLOWED_ORIGINS: origins.default([]),
  CONSOLE: z.enum(['on', 'off'], { error: 'expected on or off' }).default('on'),
  FEDERATION: z.enum(['on', 'off'], { error: 'expected on or off' }).default('off'),
  RETENTION_DAYS: whole(1, 3_650).default(30),
  AUDIT_RETENTION_DAYS: whole(1, 3_650).default(365),
  KEEP_REFUSED: keepingFor.default(null),
  ALLOW_SAMPLES: z.enum(['on', 'off'], { error: 'expected on or off' }).default('off'),
  MAX_BODY_BYTES: whole(1_024, 64 * 1024 * 1024).default(256 * 1024),
  MAX_BODY_VALUES: whole(100, 10_000_000).default(20_000),
  MAX_UNFINISHED_BYTES: whole(64 * 1024, 16 * 1024 * 1024 * 1024).default(64 * 1024 * 1024),
  TRUST_PROXY: proxies.default([]),
  METRICS_TOKEN: z
    .string()
    .refine((token) => Buffer.byteLength(token) >= 16, { error: 'needs at least 16 bytes' })
    .refine((token) => !isPlaceholder(token), { error: PLACEHOLDER })
    .optional(),
  // An empty list must not mean any document.
  TRUSTED_DOCUMENTS: list
    .refine((paths) => paths.length > 0, { error: 'expected paths of manifests, separated by commas' })
    .default([]),
  GRAPHQL_MAX_TOKENS: whole(50, 100_000).optional(),
  GRAPHQL_MAX_DEPTH: whole(3, 100).default(12),
  GRAPHQL_MAX_ALIASES: whole(0, 10_000).default(30),
  GRAPHQL_MAX_DIRECTIVES: whole(0, 10_000).default(50),
  GRAPHQL_MAX_COST: whole(10, 10_000_000).optional(),
  GRAPHQL_TIMEOUT_MS: whole(100, 600_000).default(10_000),
  GRAPHQL_MAX_ANSWER_BYTES: whole(4_096, 1024 * 1024 * 1024).default(4 * 1024 * 1024),
  GRAPHQL_MAX_MESSAGE_BYTES: whole(4_096, 64 * 1024 * 1024).default(1024 * 1024),
  MAX_READING_BYTES: whole(1024 * 1024, 64 * 1024 * 1024 * 1024).default(64 * 1024 * 1024),
  WS_MAX_MESSAGE_BYTES: whole(1_024, 16 * 1024 * 1024).default(64 * 1024),
  WS_INIT_TIMEOUT_MS: whole(100, 60_000).default(10_000),
  WS_MAX_SUBSCRIPTIONS: whole(1, 100_000).default(100),
  WS_SUBSCRIBE_RATE: whole(1, 100_000).default(50),
  MAX_CONNECTIONS_PER_TOKEN: whole(0, 1_000_000).default(1_000),
  MAX_CONNECTIONS_PER_ADDRESS: whole(0, 1_000_000).default(1_000),
  QUERY_RATE_PER_TOKEN: whole(0, 1_000_000).default(100),
  MAX_QUERIES_PER_TOKEN: whole(0, 1_000_000).default(20),
  MAX_SUBSCRIPTIONS_PER_TOKEN: whole(0, 10_000_000).default(10_000),
  MAX_DIFFERENT_SUBSCRIPTIONS_PER_TOKEN: whole(0, 1_000_000).default(100),
  MAX_DIFFERENT_SUBSCRIPTIONS: whole(0, 1_000_000).default(10_000),
  HTTP_HEADERS_TIMEOUT_MS: whole(100, 300_000).default(10_000),
  HTTP_REQUEST_TIMEOUT_MS: whole(100, 300_000).default(30_000),
  HTTP_KEEP_ALIVE_MS: whole(100, 3_600_000).default(75_000),
  EVENT_STREAM_SECONDS: whole(1, 86_400).default(3_600),
  WEBHOOK_RATE: whole(0, 1_000_000).default(0),
  DRAIN_NOTICE_SECONDS: whole(0, 10).default(3),
  DRAIN_SPREAD_SECONDS: whole(0, 10).default(5),
  LOG_LEVEL: z.enum(LEVELS, { error: `expected one of ${LEVELS.join(', ')}` }).default('info'),
});

/** All settings: the gateway's own, and each provider's. Only the provider's folder knows what its settings mean. */
export const environment = own.extend(
  Object.fromEntries(
    SHIPPED.flatMap(({ settings }) => Object.entries(settings).map(([name, schema]) => [name, schema.optional()])),
  ),
) as unknown as typeof own;

/** The names of all settings, those of sources first. CONFIG_FILE is read before all others. */
export const SETTINGS: readonly string[] = [
  ...new Set([...SOURCE_SETTINGS, ...Object.keys(environment.shape), 'CONFIG_FILE']),
];
/** Settings that a running gateway reloads. */
export const RELOADED: readonly string[] = [
  ...SOURCE_SETTINGS,
  'CONFIG_FILE',
  'AUTH_JWKS_URL',
  'AUTH_JWKS_PLAIN_HTTP',
  'AUTH_PUBLIC_KEY',
  'AUTH_SECRET',
  'AUTH_SECRETS',
  'AUTH_ISSUER',
  'AUTH_AUDIENCE',
  'AUTH_TENANTS_CLAIM',
  'AUTH_TENANTS_PREFIX',
  'AUTH_SCOPE_CLAIM',
  'AUTH_SCOPE_PREFIX',
  'SESSION_IDLE_DAYS',
  'SESSION_DAYS',
  'OIDC_ISSUER',
  'OIDC_CLIENT_ID',
  'OIDC_CLIENT_SECRET',
  'OIDC_SCOPES',
  'OIDC_NAME',
  'EXCHANGE_AUDIENCE',
  'EXCHANGE_WIX_SECRETS',
  'EXCHANGE_SCOPES',
  'METRICS_TOKEN',
];

export type Settings = z.infer<typeof own>;
