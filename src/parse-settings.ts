import type { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { type Variables, readFiles } from './setting-files.ts';
import { type Settings, environment } from './settings.ts';

/** All settings of the environment, checked one by one. @throws {ConfigError} */
export function parseSettings(whole: Variables): Settings {
  const { env, problems } = readFiles(whole);
  return parse(environment, env, problems);
}

/** Some of them. @throws {ConfigError} */
export function parse<S extends z.ZodObject>(schema: S, env: Variables, problems: readonly string[] = []): z.infer<S> {
  // A setting left empty, as in a copied .env.example, is a setting left out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  // To write code for one check takes zod longer than the check.
  const parsed = schema.safeParse(given, { jitless: true });
  if (parsed.success && problems.length === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  throw new ConfigError([
    ...problems,
    ...issues.map(({ path, message }) => `${path[0]?.toString() ?? ''}: ${message}`),
  ]);
}
