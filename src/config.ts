import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

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
  | { readonly name: string; readonly provider: 'eduzz'; readonly secrets: readonly [string, ...string[]] }
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

const PROVIDERS = ['eduzz', 'wix'] as const;
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
    .default([...PROVIDERS]),
  EDUZZ_SECRETS: list.optional(),
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

/**
 * The configuration that the environment describes.
 *
 * @throws {ConfigError} with one line for each setting that is wrong or missing.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, dev: Config['dev'] = null): Config {
  // A setting left empty, as in a copied .env.example, is a setting left out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? ''}: ${issue.message}`));
  }
  const settings = parsed.data;
  const problems: string[] = [];
  const sources = settings.SOURCES.map((name): SourceConfig => {
    if (name === 'eduzz') {
      if (!settings.EDUZZ_SECRETS?.length) problems.push(missing('EDUZZ_SECRETS', 'eduzz', settings.SOURCES));
      const [newest = '', ...others] = settings.EDUZZ_SECRETS ?? [];
      return { name, provider: name, secrets: [newest, ...others] };
    }
    if (!settings.WIX_PUBLIC_KEYS?.length) problems.push(missing('WIX_PUBLIC_KEYS', 'wix', settings.SOURCES));
    return {
      name,
      provider: name,
      publicKeys: settings.WIX_PUBLIC_KEYS ?? [],
      instanceIds: settings.WIX_INSTANCE_IDS?.length ? new Set(settings.WIX_INSTANCE_IDS) : null,
      appId: settings.WIX_APP_ID ?? null,
    };
  });

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

/** Only where the log is: what is enough to look into it. @throws {ConfigError} */
export function readDatabaseUrl(env: Readonly<Record<string, string | undefined>>, name = 'DATABASE_URL'): string {
  const parsed = environment.shape.DATABASE_URL.safeParse(env[name] || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`${name}: ${parsed.error.issues[0]?.message ?? 'not a URL'}`]);
}

function missing(setting: string, source: string, sources: readonly string[]): string {
  const others = sources.filter((name) => name !== source).join(',');
  const otherwise = others === '' ? '' : `, or leave the source out with SOURCES=${others}`;
  return `${setting}: the source "${source}" has nothing to check its deliveries with; set it${otherwise}`;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/**
 * A public key as operators paste it: PEM with its line breaks, PEM on one line with `\n` written out, or base64 of
 * the PEM (what Wix's SDK calls an encoded key).
 */
function publicKey(text: string): KeyObject {
  const plain = text.trim().replaceAll(String.raw`\n`, '\n');
  const pem = plain.startsWith('-----BEGIN') ? plain : Buffer.from(plain, 'base64').toString('utf8').trim();
  if (!pem.startsWith('-----BEGIN') || pem.includes('PRIVATE KEY')) throw new Error('no PEM public key');
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error('no PEM public key');
  }
}

function rsaPublicKey(text: string): KeyObject {
  const key = publicKey(text);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('no RSA key');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw new Error('an RSA key of less than 2,048 bits');
  return key;
}
