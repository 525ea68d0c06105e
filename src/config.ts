import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { publicKey, rsaPublicKey } from './public-key.ts';

/** Everything that can be set, checked. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** `sqlite:<path>` or `postgres://…`. */
  readonly databaseUrl: string;
  readonly sources: readonly SourceConfig[];
  readonly auth: AuthConfig;
  /** Origins that may call from a browser; `*` is any. */
  readonly allowedOrigins: readonly string[];
  readonly retentionDays: number;
  readonly maxBodyBytes: number;
  readonly logLevel: string;
  /** For trying things out: serves GraphiQL, to which it hands a token made by this. Null in production. */
  readonly dev: { readonly token: () => Promise<string> } | null;
}

export type SourceConfig =
  | {
      readonly name: string;
      readonly provider: keyof typeof SECRETS;
      /** The newest first. */
      readonly secrets: readonly [string, ...string[]];
    }
  | {
      readonly name: string;
      readonly provider: 'wix';
      readonly publicKeys: readonly KeyObject[];
      readonly instanceIds: ReadonlySet<string> | null;
      readonly appId: string | null;
    };

export interface AuthConfig {
  readonly check:
    | { readonly by: 'secret'; readonly secret: string }
    | { readonly by: 'publicKey'; readonly key: KeyObject }
    | { readonly by: 'jwks'; readonly url: URL };
  readonly issuer: string | null;
  readonly audience: string | null;
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

/** Where the secrets of a provider are set that signs with secrets. */
const SECRETS = {
  eduzz: 'EDUZZ_SECRETS',
  calcom: 'CALCOM_SECRETS',
  calendly: 'CALENDLY_SECRETS',
  stripe: 'STRIPE_SECRETS',
  'standard-webhooks': 'STANDARD_WEBHOOKS_SECRETS',
} as const;
/** The names of the sources that the settings alone can make, which are those of their providers. */
export const PROVIDERS = ['eduzz', 'wix', 'calcom', 'calendly', 'stripe', 'standard-webhooks'] as const;
/** What there is when nobody says which: these, and whatever else has secrets. */
const DEFAULT_SOURCES: readonly string[] = ['eduzz', 'wix'];
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Separated by commas; blanks around and empty ones don't count. */
const list = z.string().transform((text) =>
  text
    .split(',')
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
    return publicKey(text);
  } catch (error) {
    context.addIssue(`is ${(error as Error).message}; paste the PEM, or base64 of it`);
    return z.NEVER;
  }
});

const jwksUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1';
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return url;
  context.addIssue('expected an https URL');
  return z.NEVER;
});

/** The settings, each documented in the README and in `.env.example`. */
const environment = z.object({
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
  RETENTION_DAYS: whole(1, 3_650).default(30),
  MAX_BODY_BYTES: whole(1_024, 64 * 1024 * 1024).default(256 * 1024),
  LOG_LEVEL: z.enum(LEVELS, { error: `expected one of ${LEVELS.join(', ')}` }).default('info'),
});

type Settings = z.infer<typeof environment>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration that the environment describes.
 *
 * @param sourcesElsewhere - the sources are named in a file: the environment need not have any.
 * @throws {ConfigError} with one line for each setting that is wrong or missing.
 */
export function readConfig(
  env: Environment,
  { dev = null, sourcesElsewhere = false }: { readonly dev?: Config['dev']; readonly sourcesElsewhere?: boolean } = {},
): Config {
  const settings = parseSettings(env);
  const problems: string[] = [];
  const sources = sourcesElsewhere ? [] : sourcesOf(settings, problems);

  const checks: AuthConfig['check'][] = [];
  if (settings.AUTH_JWKS_URL) checks.push({ by: 'jwks', url: settings.AUTH_JWKS_URL });
  if (settings.AUTH_PUBLIC_KEY) checks.push({ by: 'publicKey', key: settings.AUTH_PUBLIC_KEY });
  if (settings.AUTH_SECRET) checks.push({ by: 'secret', secret: settings.AUTH_SECRET });
  const [check] = checks;
  if (!check) problems.push('AUTH_JWKS_URL, AUTH_PUBLIC_KEY or AUTH_SECRET: one must be set to check tokens with');
  if (checks.length > 1) problems.push('AUTH_JWKS_URL, AUTH_PUBLIC_KEY, AUTH_SECRET: set only one of them');
  if (!check || problems.length > 0) throw new ConfigError(problems);

  return {
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: settings.DATABASE_URL,
    sources,
    auth: { check, issuer: settings.AUTH_ISSUER ?? null, audience: settings.AUTH_AUDIENCE ?? null },
    allowedOrigins: settings.ALLOWED_ORIGINS,
    retentionDays: settings.RETENTION_DAYS,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    logLevel: settings.LOG_LEVEL,
    dev,
  };
}

/** Only the sources: what is enough to look at a delivery. @throws {ConfigError} */
export function readSources(env: Environment): readonly SourceConfig[] {
  const problems: string[] = [];
  const sources = sourcesOf(parseSettings(env), problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return sources;
}

/** Only where the log is: what is enough to look into it. @throws {ConfigError} */
export function readDatabaseUrl(env: Environment, name = 'DATABASE_URL'): string {
  const parsed = environment.shape.DATABASE_URL.safeParse(env[name] || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`${name}: ${parsed.error.issues[0]?.message ?? 'not a URL'}`]);
}

function parseSettings(env: Environment): Settings {
  // A setting left empty, as in a copied .env.example, is a setting left out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = environment.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? ''}: ${issue.message}`));
}

function sourcesOf(settings: Settings, problems: string[]): readonly SourceConfig[] {
  const canCheck = (name: (typeof PROVIDERS)[number]) => (settings[settingOf(name)]?.length ?? 0) > 0;
  const names = settings.SOURCES ?? PROVIDERS.filter((name) => DEFAULT_SOURCES.includes(name) || canCheck(name));
  const able = names.filter(canCheck);
  for (const name of names) if (!canCheck(name)) problems.push(missing(name, able));
  return names.map((name): SourceConfig => {
    if (name !== 'wix') {
      const secrets = settings[SECRETS[name]];
      const [newest = '', ...others] = secrets ?? [];
      return { name, provider: name, secrets: [newest, ...others] };
    }
    return {
      name,
      provider: name,
      publicKeys: settings.WIX_PUBLIC_KEYS ?? [],
      instanceIds: settings.WIX_INSTANCE_IDS?.length ? new Set(settings.WIX_INSTANCE_IDS) : null,
      appId: settings.WIX_APP_ID ?? null,
    };
  });
}

/** Where what a provider's deliveries are checked with is set. */
export function settingOf(provider: SourceConfig['provider']) {
  return provider === 'wix' ? 'WIX_PUBLIC_KEYS' : SECRETS[provider];
}

function missing(source: SourceConfig['provider'], able: readonly string[]): string {
  const otherwise =
    able.length > 0
      ? `leave the source out with SOURCES=${able.join(',')}`
      : 'name in SOURCES the sources that you have secrets of';
  return `${settingOf(source)}: the source "${source}" has nothing to check its deliveries with; set it, or ${otherwise}`;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
