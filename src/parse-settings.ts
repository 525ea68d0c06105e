import type { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { type Variables, readFiles } from './setting-files.ts';
import { type Settings, environment } from './settings.ts';

/** Reads all settings of the environment, and checks each. @throws {ConfigError} */
export function parseSettings(whole: Variables): Settings {
  const { env, problems } = readFiles(whole);
  return parse(environment, env, problems);
}

/** Reads the settings of a schema. @throws {ConfigError} */
export function parse<S extends z.ZodObject>(schema: S, env: Variables, problems: readonly string[] = []): z.infer<S> {
  // A setting left empty, as in a copied .env.example, is a setting left out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  // For a single check, zod takes longer to compile code than to check without it.
  const parsed = schema.safeParse(given, { jitless: true });
  if (parsed.success && problems.length === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  throw new ConfigError([
    ...problems,
    ...issues.map(({ path, message }) => `${path[0]?.toString() ?? ''}: ${message}`),
  ]);
}
