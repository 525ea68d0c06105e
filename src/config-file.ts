import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ConfigError } from './config-error.ts';
import { ofAccounts } from './providers/accounts.ts';
import type { Provider } from './providers/provider.ts';
import { OWN_CODE } from './version.ts';

/** What a file of one's own may say: see `defineConfig`. */
export interface ConfigFile {
  /** The sources, each by the last part of its URL, `/webhooks/<source>`: lower-case letters, digits and hyphens. */
  readonly sources: Readonly<Record<string, Provider | AccountSource>>;
}

/** A source that takes events of some accounts only. */
export interface AccountSource {
  readonly provider: Provider;
  /**
   * The accounts whose events are taken, each as it stands in a tenant behind the provider's name: `40021` of `eduzz:40021`.
   * What else its sender signs is answered `ignored`. Events that name no account are always taken; `*` is every account.
   */
  readonly accounts: readonly string[];
}

/**
 * The default export of `hookcast.config.ts`: names the sources, instead of SOURCES and the settings that go with it. There
 * may be several of one provider, and providers of one's own. Where they belong to different people, say which accounts each
 * may speak for. Otherwise somebody who knows one source's secret could sign events of the other's account.
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

/** Looked for where a command is run. */
const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `hookcast.config.${ending}`);

/** What Node says of a module when its package.json has "type": "commonjs", as npm writes it. */
const NO_MODULE = /^(?:Cannot use import statement outside a module|Unexpected token 'export')$/;

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Frames of a stack that are hookcast's own say nothing of what to mend. */
const OWN = fileURLToPath(OWN_CODE);

/**
 * The sources of the file of one's own; null when there is none.
 *
 * @param path the setting CONFIG_FILE.
 * @param anew whether it may have been loaded before.
 * @throws {ConfigError} when it can't be loaded, or is not made with `defineConfig`.
 */
export async function loadConfigFile(
  path: string | undefined,
  { anew = false } = {},
): Promise<ReadonlyMap<string, Provider> | null> {
  const file = path ? resolve(path) : NAMES.map((name) => resolve(name)).find((name) => existsSync(name));
  if (!file) return null;
  if (!existsSync(file)) throw new ConfigError([`CONFIG_FILE: there is no file ${path}`]);
  if (!statSync(file).isFile()) throw new ConfigError([`CONFIG_FILE: ${path} is no file`]);
  const name = basename(file);
  let loaded: { default?: unknown };
  try {
    const url = pathToFileURL(file);
    // Node keeps a module under its URL for good. What the file itself imports stays as it was.
    if (anew) url.searchParams.set('read', randomUUID());
    loaded = (await import(url.href)) as { default?: unknown };
  } catch (error) {
    throw new ConfigError([`${name}: it can't be loaded: ${described(error, file)}`]);
  }
  const problems = problemsOf(loaded.default);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${name}: ${problem}`));
  // The parts that are asked for were looked at; the rest is the provider's own.
  const { sources } = loaded.default as ConfigFile;
  return new Map(Object.entries(sources).map(([name, source]) => [name, providerOf(source)]));
}

function providerOf(source: Provider | AccountSource): Provider {
  return isProvider(source) ? source : ofAccounts(source.provider, source.accounts);
}

function problemsOf(exported: unknown): string[] {
  if (!isObject(exported)) return ['export default defineConfig({ sources: { … } }) is missing'];
  const unknown = Object.keys(exported).filter((key) => key !== 'sources');
  const problems = unknown.map((key) => `"${key}" is not known: only "sources" is, { <name>: <provider>, … }`);
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
    return [`sources: "${name}" is no name: up to 63 lower-case letters, digits and hyphens, for its URL`];
  }
  if (isProvider(source) || !isObject(source) || !('provider' in source)) return problemsOfProvider(name, source);
  const unknown = Object.keys(source).filter((key) => key !== 'provider' && key !== 'accounts');
  return [
    ...unknown.map((key) => `sources: "${name}": "${key}" is not known: only "provider" and "accounts" are`),
    ...problemsOfProvider(name, source['provider']),
    ...problemsOfAccounts(name, source),
  ];
}

function problemsOfProvider(name: string, provider: unknown): string[] {
  if (typeof provider === 'function') return [`sources: "${name}" is a function: call it, and name what it makes`];
  return isProvider(provider) ? [] : [`sources: "${name}" is no provider: make it with defineProvider`];
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

/** What was wrong in one line, and the line of the user's own that it came from. */
function described(error: unknown, file: string): string {
  if (!(error instanceof Error)) return String(error);
  const [message = ''] = error.message.split('\n');
  if (NO_MODULE.test(message)) {
    const name = basename(file).replace(/\.([jt]s)$/, '.m$1');
    return `its package.json says "type": "commonjs". Say "module" there, or call it ${name}`;
  }
  // In front of the stack stands where a syntax error is; in the stack, what called whom.
  for (const [, url = '', line] of (error.stack ?? '').matchAll(/(file:\/\/\/\S+?):(\d+)(?=[:\s)]|$)/g)) {
    const path = fileURLToPath(url);
    if (path.startsWith(OWN) || path.includes('node_modules')) continue;
    return `${message} (${relative(dirname(file), path)}:${line})`;
  }
  return message;
}
