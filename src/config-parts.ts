import { type AuthConfig, placesOf } from './auth-config.ts';
import { ConfigError } from './config-error.ts';
import { parse, parseSettings } from './parse-settings.ts';
import { type Variables, readFiles } from './setting-files.ts';
import { environment } from './settings.ts';
import { type SourceConfig, sourcesOf } from './sources-config.ts';

const TOKEN_FORM = environment.pick({
  AUTH_ISSUER: true,
  AUTH_AUDIENCE: true,
  AUTH_TENANTS_CLAIM: true,
  AUTH_TENANTS_PREFIX: true,
  AUTH_SCOPE_CLAIM: true,
  AUTH_SCOPE_PREFIX: true,
});

/** Reads the sources only, which is enough to check a delivery. @throws {ConfigError} */
export function readSources(env: Variables): readonly SourceConfig[] {
  const problems: string[] = [];
  const sources = sourcesOf(parseSettings(env), problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return sources;
}

/** Reads only which issuer, audiences and claims a gateway with these settings expects in tokens. @throws {ConfigError} */
export function readTokenForm(env: Variables): Omit<AuthConfig, 'check'> {
  const settings = parse(TOKEN_FORM, env);
  const { AUTH_ISSUER: issuer = null, AUTH_AUDIENCE: audiences = [] } = settings;
  return { issuer, audiences, ...placesOf(settings) };
}

/** Reads only the secrets of tokens. The first one signs. Empty if none is set. @throws {ConfigError} */
export function readSigningSecrets(env: Variables): readonly string[] {
  const settings = parse(environment.pick({ AUTH_SECRET: true, AUTH_SECRETS: true }), {
    AUTH_SECRET: env['AUTH_SECRET'],
    AUTH_SECRETS: env['AUTH_SECRETS'],
  });
  return settings.AUTH_SECRETS ?? (settings.AUTH_SECRET ? [settings.AUTH_SECRET] : []);
}

/** Returns the environment with the settings that stand in files. @throws {ConfigError} */
export function readEnvironment(given: Variables, names?: readonly string[]): Variables {
  const { env, problems } = readFiles(given, names);
  if (problems.length > 0) throw new ConfigError(problems);
  return env;
}

/** Reads only where the log is. @throws {ConfigError} */
export function readDatabaseUrl(given: Variables, name = 'DATABASE_URL'): string {
  const env = readEnvironment(given, [name]);
  const parsed = environment.shape.DATABASE_URL.safeParse(env[name] || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`${name}: ${parsed.error.issues[0]?.message ?? 'not a URL'}`]);
}

/** Reads only the URL that senders have before the path of a source. Null if it is not set. @throws {ConfigError} */
export function readPublicUrl(env: Variables): string | null {
  const parsed = environment.shape.PUBLIC_URL.safeParse(env['PUBLIC_URL']?.trim() || undefined);
  if (parsed.success) return parsed.data ?? null;
  throw new ConfigError([`PUBLIC_URL: ${parsed.error.issues[0]?.message ?? 'not a URL'}`]);
}

/** Reads only the number of workers. @throws {ConfigError} */
export function readWorkers(env: Variables): number | 'auto' {
  const parsed = environment.shape.WORKERS.safeParse(env['WORKERS']?.trim() || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`WORKERS: ${parsed.error.issues[0]?.message ?? 'not a number'}`]);
}

/** Reads only the level of the gateway's own log lines. @throws {ConfigError} */
export function readLogLevel(env: Variables): string {
  const parsed = environment.shape.LOG_LEVEL.safeParse(env['LOG_LEVEL']?.trim() || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`LOG_LEVEL: ${parsed.error.issues[0]?.message ?? 'not a level'}`]);
}

/** Reads only how many values a delivery may have. @throws {ConfigError} */
export function readMostValues(env: Variables): number {
  const parsed = environment.shape.MAX_BODY_VALUES.safeParse(env['MAX_BODY_VALUES']?.trim() || undefined);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`MAX_BODY_VALUES: ${parsed.error.issues[0]?.message ?? 'not a number'}`]);
}
