import { type Config, readConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { readEnvironment, readSources } from '../config-parts.ts';
import { loadConfigFile } from '../config-file.ts';
import { isRepetitive } from '../guessable.ts';
import { misspelt } from '../misspelt.ts';
import { withoutAccounts } from '../providers/accounts.ts';
import type { Provider } from '../providers/provider.ts';
import { servedTypes } from '../served-types.ts';
import { IN_FILES, SETTINGS } from '../settings.ts';
import { list } from '../setting-lists.ts';
import { createSources } from '../sources.ts';
import type { Terminal } from './terminal.ts';

export type Sources = ReadonlyMap<string, Provider>;

export interface ReadSettings {
  readonly config: Config;
  readonly sources: Sources;
  /** Whether a file of the user's own names the sources. */
  readonly isOwn: boolean;
  /** The value of each setting that is set, in the environment or in a file. */
  readonly said: ReadonlyMap<string, string>;
  /** Settings that may not do what the user intends, each with what to do. */
  readonly warnings: readonly string[];
}

/**
 * The settings of a gateway and its sources: those of the user's own file, or else of the environment.
 *
 * @param anew whether they have been read before.
 */
export async function readSettings(
  env: Terminal['env'],
  { dev = null, anew = false }: { readonly dev?: Config['dev']; readonly anew?: boolean } = {},
): Promise<ReadSettings> {
  const own = await findOwnSources(env, { anew });
  const isOwn = own !== null;
  const config = readConfig(env, { dev, sourcesElsewhere: isOwn });
  const whole = readEnvironment(env);
  const said = new Map<string, string>();
  for (const name of SETTINGS) if (whole[name]?.trim()) said.set(name, whole[name]);
  const sources = own ?? (await createSources(config.sources));
  // Checks the types now, both at the start and at a reload.
  servedTypes(sources.values());
  if (config.publicUrl === null) {
    const needing = [...sources].filter(([, { needsUrl }]) => needsUrl).map(([name]) => `"${name}"`);
    if (needing.length > 0) throw new ConfigError([needsUrl(needing)]);
  }
  return {
    config,
    sources,
    isOwn,
    said,
    warnings: [
      ...misspelt(env, { sourcesElsewhere: isOwn }),
      ...repetitive(said),
      ...withoutAccounts(sources),
      ...withoutSignatures(sources),
    ],
  };
}

function needsUrl(sources: readonly string[]): string {
  return (
    `PUBLIC_URL: the senders of ${sources.join(', ')} sign the URL that they call; ` +
    'set it to the part before /webhooks, such as https://hooks.example.com'
  );
}

/** Warnings about secrets that are long enough, but can be guessed nevertheless. */
function repetitive(said: ReadonlyMap<string, string>): string[] {
  return IN_FILES.flatMap((name) => {
    const text = said.get(name) ?? '';
    const secrets = name.endsWith('S') ? (list.safeParse(text).data ?? []) : [text];
    return secrets.some((secret) => secret !== '' && isRepetitive(secret))
      ? [`${name}: it repeats a few characters, so it can be guessed; replace it by a random one`]
      : [];
  });
}

/** Warnings about sources whose senders sign nothing. */
function withoutSignatures(sources: Sources): string[] {
  return [...sources].flatMap(([name, { unsigned }]) =>
    unsigned ? [`"${name}" is a source whose sender does not sign its deliveries: ${unsigned}.`] : [],
  );
}

/** Reads only the sources, which are enough to check a delivery. */
export async function findSources({ env }: Terminal): Promise<Sources> {
  return (await findOwnSources(env)) ?? (await createSources(readSources(env)));
}

/** The sources of the user's own file; null if there is none. @throws {ConfigError} */
export async function findOwnSources(env: Terminal['env'], { anew = false } = {}): Promise<Sources | null> {
  const own = await loadConfigFile(env['CONFIG_FILE'], { anew });
  if (own && env['SOURCES']?.trim()) {
    const file = env['CONFIG_FILE'] || 'hookcast.config.ts';
    throw new ConfigError([`SOURCES: ${file} names the sources too. Unset SOURCES, or remove ${file}`]);
  }
  return own;
}
