import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ConfigError } from './config-error.ts';
import { ofAccounts } from './providers/accounts.ts';
import type { Provider } from './providers/provider.ts';
import { OWN_CODE } from './version.ts';

/** The contents of a user's own `hookcast.config.ts`: see `defineConfig`. */
export interface ConfigFile {
  /** The sources by the last part of their URLs, `/webhooks/<source>`: lower-case letters, digits and hyphens. */
  readonly sources: Readonly<Record<string, Provider | AccountSource>>;
}

/** A source that accepts events of some accounts only. */
export interface AccountSource {
  readonly provider: Provider;
  /**
   * The accounts whose events are accepted, each as in a tenant behind the provider's name: `40021` of `eduzz:40021`. Events of
   * other accounts are answered `ignored`. Events that name no account are always accepted. `*` is every account.
   */
  readonly accounts: readonly string[];
}

/**
 * The default export of `hookcast.config.ts`. It names the sources, instead of SOURCES and the settings that go with it. A provider may
 * have several sources, and you can use your own providers. If sources belong to different people, name the accounts of each.
 * Otherwise somebody who knows the secret of one source can sign events of another's account.
 *
 * An empty secret is refused when the file is loaded.
 *
 * @example
 * export default defineConfig({
 *   sources: {
 *     'tickets-recife': { provider: eduzz({ secrets: [process.env['RECIFE_SECRET'] ?? ''] }), accounts: ['40021'] },
 *     'tickets-olinda': { provider: eduzz({ secrets: [process.env['OLINDA_SECRET'] ?? ''] }), accounts: ['51300'] },
 *     bikes: bikeRental({ secrets: [process.env['BIKES_SECRET'] ?? ''] }),
 *   },
 * });
 */
export function defineConfig(file: ConfigFile): ConfigFile {
  return file;
}

/** Names of the file in the folder where a command runs. */
const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `hookcast.config.${ending}`);

/** Node's errors about a module whose package.json has "type": "commonjs", as npm writes it. */
const NO_MODULE = /^(?:Cannot use import statement outside a module|Unexpected token 'export')$/;

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Frames of hookcast's own code in a stack don't show what to mend, so they are passed over. */
const OWN = fileURLToPath(OWN_CODE);

/** The path of the user's own file; null if there is none. @param path the setting CONFIG_FILE. */
export function configFileOf(path: string | undefined): string | null {
  return path ? resolve(path) : (NAMES.map((name) => resolve(name)).find((name) => existsSync(name)) ?? null);
}

/**
 * Loads the sources of the user's own file. Null when there is no file.
 *
 * @param path the setting CONFIG_FILE.
 * @param anew whether the file may have been loaded before.
 * @throws {ConfigError} when the file can't be loaded, or its default export is not what `defineConfig` takes.
 */
export async function loadConfigFile(
  path: string | undefined,
  { anew = false } = {},
): Promise<ReadonlyMap<string, Provider> | null> {
  const file = configFileOf(path);
  if (!file) return null;
  if (!existsSync(file)) throw new ConfigError([`CONFIG_FILE: there is no file ${path}`]);
  if (!statSync(file).isFile()) throw new ConfigError([`CONFIG_FILE: ${path} is not a file`]);
  const name = basename(file);
  let loaded: { default?: unknown };
  try {
    const url = pathToFileURL(file);
    // Node keeps a module under its URL for good, so a new load needs a new URL. Modules that the file imports stay as they were.
    if (anew) url.searchParams.set('read', randomUUID());
    loaded = (await import(url.href)) as { default?: unknown };
  } catch (error) {
    throw new ConfigError([`${name}: it can't be loaded: ${described(error, file)}`]);
  }
  const problems = problemsOf(loaded.default);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${name}: ${problem}`));
  // `problemsOf` has checked the parts that hookcast uses. The rest is the provider's own.
  const { sources } = loaded.default as ConfigFile;
  return new Map(Object.entries(sources).map(([name, source]) => [name, providerOf(source)]));
}

function providerOf(source: Provider | AccountSource): Provider {
  return isProvider(source) ? source : ofAccounts(source.provider, source.accounts);
}

function problemsOf(exported: unknown): string[] {
  if (!isObject(exported)) return ['export default defineConfig({ sources: { … } }) is missing'];
  const unknown = Object.keys(exported).filter((key) => key !== 'sources');
  const problems = unknown.map((key) => `"${key}" is not supported: only "sources" is, { <name>: <provider>, … }`);
  const { sources } = exported;
  if (sources === undefined && problems.length > 0) return problems;
  if (!isObject(sources)) return [...problems, 'sources: expected { <name>: <provider>, … }'];
  const named = Object.entries(sources);
  if (named.length === 0) problems.push('sources: name at least one');
  for (const [name, source] of named) problems.push(...problemsOfSource(name, source));
  return problems;
}

function problemsOfSource(name: string, source: unknown): string[] {
  if (!NAME.test(name)) {
    return [`sources: "${name}" is not a name: up to 63 lower-case letters, digits and hyphens, for its URL`];
  }
  if (isProvider(source) || !isObject(source) || !('provider' in source)) return problemsOfProvider(name, source);
  const unknown = Object.keys(source).filter((key) => key !== 'provider' && key !== 'accounts');
  return [
    ...unknown.map((key) => `sources: "${name}": "${key}" is not supported: only "provider" and "accounts" are`),
    ...problemsOfProvider(name, source['provider']),
    ...problemsOfAccounts(name, source),
  ];
}

function problemsOfProvider(name: string, provider: unknown): string[] {
  if (typeof provider === 'function') return [`sources: "${name}" is a function: call it, and name what it makes`];
  return isProvider(provider) ? [] : [`sources: "${name}" is not a provider: make it with defineProvider`];
}

function problemsOfAccounts(name: string, { provider, accounts }: Readonly<Record<string, unknown>>): string[] {
  const isList = Array.isArray(accounts) && accounts.every((account) => typeof account === 'string' && account !== '');
  if (!isList) return [`sources: "${name}": accounts: expected a list of texts, such as ['40021'], or ['*'] for any`];
  if (!isProvider(provider)) return [];
  const before = `${provider.name}:`;
  const whole = (accounts as string[]).filter((account) => account.startsWith(before));
  return whole.map(
    (account) => `sources: "${name}": accounts: write "${account.slice(before.length)}" and not "${account}"`,
  );
}

function isProvider(value: unknown): value is Provider {
  if (!isObject(value) || typeof value['name'] !== 'string' || !Array.isArray(value['samples'])) return false;
  return ['verify', 'normalise', 'expectedFields'].every((method) => typeof value[method] === 'function');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Describes an error in one line, with the line of the user's code that it came from. */
function described(error: unknown, file: string): string {
  if (!(error instanceof Error)) return String(error);
  const [message = ''] = error.message.split('\n');
  if (NO_MODULE.test(message)) {
    const name = basename(file).replace(/\.([jt]s)$/, '.m$1');
    return `its package.json has "type": "commonjs". Use "module" there, or call it ${name}`;
  }
  // The place of a syntax error stands in front of the stack. The stack has the calls.
  for (const [, url = '', line] of (error.stack ?? '').matchAll(/(file:\/\/\/\S+?):(\d+)(?=[:\s)]|$)/g)) {
    const path = fileURLToPath(url);
    if (path.startsWith(OWN) || path.includes('node_modules')) continue;
    return `${message} (${relative(dirname(file), path)}:${line})`;
  }
  return message;
}
