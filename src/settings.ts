import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';
import { z } from 'zod';
import { rsaPublicKey, tokenPublicKey } from './public-key.ts';

/** Where the secrets of a provider are set that signs with secrets. */
export const SECRETS = {
  eduzz: 'EDUZZ_SECRETS',
  calcom: 'CALCOM_SECRETS',
  calendly: 'CALENDLY_SECRETS',
  stripe: 'STRIPE_SECRETS',
  'standard-webhooks': 'STANDARD_WEBHOOKS_SECRETS',
} as const;
/** The names of the sources that the settings alone can make, which are those of their providers. */
export const PROVIDERS = ['eduzz', 'wix', 'calcom', 'calendly', 'stripe', 'standard-webhooks'] as const;
/** The settings that say what sources there are. A file of one's own names them instead. */
export const SOURCE_SETTINGS: readonly string[] = [
  'SOURCES',
  ...Object.values(SECRETS),
  'WIX_PUBLIC_KEYS',
  'WIX_APP_ID',
  'WIX_INSTANCE_IDS',
];
/** What may stand in a file, which the setting with `_FILE` behind its name names: whatever is secret, or changed often. */
export const IN_FILES: readonly string[] = [
  'DATABASE_URL',
  ...Object.values(SECRETS),
  'WIX_PUBLIC_KEYS',
  'AUTH_PUBLIC_KEY',
  'AUTH_SECRET',
  'METRICS_TOKEN',
];
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Separated by commas, or in a file by lines; blanks around and empty ones don't count. */
const list = z.string().transform((text) =>
  text
    .split(/[,\r\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: `expected a whole number from ${least} to ${most}` })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `expected a whole number from ${least} to ${most}` });

/** Keys in one setting: split where one ends and the next begins, by a comma or by nothing. */
const rsaKeys = z.string().transform((text, context): readonly KeyObject[] => {
  const parts = text.includes('-----BEGIN') ? text.split(/(?<=-----END [A-Z ]+-----)[\s,]*/) : text.split(',');
  const keys: KeyObject[] = [];
  for (const part of parts.filter((part) => part.trim() !== '')) {
    try {
      keys.push(rsaPublicKey(part));
    } catch (error) {
      context.addIssue(`key ${keys.length + 1} is ${(error as Error).message}; paste the PEM, or base64 of it`);
      return z.NEVER;
    }
  }
  return keys;
});

const publicKeyText = z.string().transform((text, context) => {
  try {
    return tokenPublicKey(text);
  } catch (error) {
    context.addIssue(`is ${(error as Error).message}; paste the PEM, or base64 of it`);
    return z.NEVER;
  }
});

const NETWORKS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];
const proxies = list.superRefine((networks, context) => {
  const unknown = networks.find((network) => !NETWORKS.includes(network) && !isNetwork(network));
  if (unknown === undefined) return;
  context.addIssue(
    `"${unknown}" is no address and no network; expected 10.0.0.7, 10.0.0.0/8, fd00::/8, loopback, linklocal or uniquelocal`,
  );
});

const jwksUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1';
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return url;
  context.addIssue('expected an https URL');
  return z.NEVER;
});

/** The settings, each documented in the README and in `.env.example`. */
export const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(4000),
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:|postgres(?:ql)?:\/\/)./, {
      error: 'expected sqlite:<path of a file> or postgres://user:password@host:5432/database',
    })
    .default('sqlite:./data/hookcast.db'),
  SOURCES: list
    .pipe(z.array(z.enum(PROVIDERS, { error: `expected a list of ${PROVIDERS.join(', ')}` })).min(1))
    .optional(),
  EDUZZ_SECRETS: list.optional(),
  CALCOM_SECRETS: list.optional(),
  CALENDLY_SECRETS: list.optional(),
  STRIPE_SECRETS: list.optional(),
  STANDARD_WEBHOOKS_SECRETS: list.optional(),
  WIX_PUBLIC_KEYS: rsaKeys.optional(),
  WIX_APP_ID: z.string().optional(),
  WIX_INSTANCE_IDS: list.optional(),
  AUTH_JWKS_URL: jwksUrl.optional(),
  AUTH_PUBLIC_KEY: publicKeyText.optional(),
  AUTH_SECRET: z
    .string()
    .refine((secret) => Buffer.byteLength(secret) >= 32, { error: 'needs at least 32 bytes (RFC 7518, section 3.2)' })
    .optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  ALLOWED_ORIGINS: list
    .refine((origins) => origins.every((origin) => origin === '*' || isOrigin(origin)), {
      error: 'expected origins like https://app.example.com, without a path',
    })
    .default([]),
  CONSOLE: z.enum(['on', 'off'], { error: 'expected on or off' }).default('on'),
  RETENTION_DAYS: whole(1, 3_650).default(30),
  MAX_BODY_BYTES: whole(1_024, 64 * 1024 * 1024).default(256 * 1024),
  MAX_BODY_VALUES: whole(100, 10_000_000).default(20_000),
  MAX_UNFINISHED_BYTES: whole(64 * 1024, 16 * 1024 * 1024 * 1024).default(64 * 1024 * 1024),
  TRUST_PROXY: proxies.default([]),
  METRICS_TOKEN: z
    .string()
    .refine((token) => Buffer.byteLength(token) >= 16, { error: 'needs at least 16 bytes' })
    .optional(),
  TRUSTED_DOCUMENTS: z.string().optional(),
  GRAPHQL_MAX_TOKENS: whole(50, 100_000).default(2_000),
  GRAPHQL_MAX_DEPTH: whole(3, 100).default(12),
  GRAPHQL_MAX_ALIASES: whole(0, 10_000).default(30),
  GRAPHQL_MAX_DIRECTIVES: whole(0, 10_000).default(50),
  GRAPHQL_MAX_COST: whole(10, 10_000_000).default(120_000),
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
  HTTP_HEADERS_TIMEOUT_MS: whole(100, 300_000).default(10_000),
  HTTP_REQUEST_TIMEOUT_MS: whole(100, 300_000).default(30_000),
  HTTP_KEEP_ALIVE_MS: whole(100, 3_600_000).default(75_000),
  EVENT_STREAM_SECONDS: whole(1, 86_400).default(3_600),
  WEBHOOK_RATE: whole(0, 1_000_000).default(0),
  DRAIN_NOTICE_SECONDS: whole(0, 10).default(3),
  DRAIN_SPREAD_SECONDS: whole(0, 10).default(5),
  LOG_LEVEL: z.enum(LEVELS, { error: `expected one of ${LEVELS.join(', ')}` }).default('info'),
});

/** Their names. CONFIG_FILE is read before all others. */
export const SETTINGS: readonly string[] = [...Object.keys(environment.shape), 'CONFIG_FILE'];
/** Those that a gateway takes anew while it runs. */
export const RELOADED: readonly string[] = [
  ...SOURCE_SETTINGS,
  'CONFIG_FILE',
  'AUTH_JWKS_URL',
  'AUTH_PUBLIC_KEY',
  'AUTH_SECRET',
  'AUTH_ISSUER',
  'AUTH_AUDIENCE',
  'METRICS_TOKEN',
];

export type Settings = z.infer<typeof environment>;

function isNetwork(text: string): boolean {
  // As an address "1" would be 0.0.0.1, though whoever writes it means one proxy, whichever it is.
  if (isIP(text.replace(/\/.*$/, '')) === 0) return false;
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
