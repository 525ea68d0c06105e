import { SHIPPED } from './providers/shipped.ts';
import type { ShippedSource } from './providers/shipped-source.ts';
import type { Settings } from './settings.ts';

/** A source as the settings describe it, with the options of its provider. */
export interface SourceConfig {
  readonly name: string;
  readonly provider: string;
  /** The accounts whose events are accepted. If left out, those of every account are. */
  readonly accounts?: readonly string[];
  readonly [option: string]: unknown;
}

/** Reads the sources from the settings. Adds to `problems` what is wrong with them. */
export function sourcesOf(settings: Settings, problems: string[]): readonly SourceConfig[] {
  // No type knows which providers there are, or the names of their settings.
  const given = settings as unknown as Readonly<Record<string, unknown>>;
  const canCheck = ({ needs }: ShippedSource) => ((given[needs] as readonly unknown[] | undefined)?.length ?? 0) > 0;
  const named = settings.SOURCES?.map((name) => SHIPPED.find((source) => source.name === name)!);
  const wanted = named ?? SHIPPED.filter((source) => source.isDefault || canCheck(source));
  const able = wanted.filter(canCheck).map(({ name }) => name);
  for (const source of wanted) {
    const { name, needs, accounts, needsAccounts } = source;
    if (!canCheck(source)) problems.push(missing(source, able));
    else if (needsAccounts && given[accounts!] === undefined) {
      const why = `the sender of "${name}" signs the deliveries of all its customers with one key`;
      problems.push(`${accounts}: must be set beside ${needs}, to your own account: ${why}`);
    }
  }
  return wanted.map((source): SourceConfig => {
    const accounts = source.accounts === null ? [] : ((given[source.accounts] ?? []) as readonly string[]);
    const { name } = source;
    return { name, provider: name, ...source.read(given), ...(accounts.length > 0 && { accounts }) };
  });
}

function missing({ name, needs }: ShippedSource, able: readonly string[]): string {
  const otherwise =
    able.length > 0
      ? `leave the source out with SOURCES=${able.join(',')}`
      : 'list in SOURCES the sources whose secrets you have';
  return `${needs}: the source "${name}" has no secret to check its deliveries with; set it, or ${otherwise}`;
}
