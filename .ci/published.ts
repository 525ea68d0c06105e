import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

type Manifest = Readonly<Record<string, unknown>>;

/** What is for a checkout alone, and would point at nothing in a package. */
const OF_THE_CHECKOUT: readonly string[] = ['scripts', 'devDependencies', 'overrides', 'allowScripts'];
const SOURCES = 'hookcast-source';

/** The package.json that is published, of that of the checkout. */
export function published(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([name]) => !OF_THE_CHECKOUT.includes(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === 'exports' ? exported(value as Manifest) : value]),
  );
}

function exported(exports: Manifest): Manifest {
  return Object.fromEntries(
    Object.entries(exports).map(([path, target]) => {
      if (typeof target !== 'object' || target === null) return [path, target];
      const { [SOURCES]: _sources, ...conditions } = target as Manifest;
      return [path, conditions];
    }),
  );
}

/**
 * What the patterns among the exports stand for.
 *
 * @param root the folder of the package, which is built.
 */
export function behindPatterns(exports: Manifest, root: string): string[] {
  return Object.entries(exports).flatMap(([path, target]) => {
    if (!path.includes('*')) return [];
    const { default: built } = target as { readonly default: string };
    const files = readdirSync(join(root, built.slice(0, built.indexOf('*'))));
    const names = new Set(files.map((file) => file.replace(/(?:\.d\.ts|\.js)$/, '')));
    // All stars stand for the same.
    return [...names]
      .filter((name) => existsSync(join(root, built.replaceAll('*', name))))
      .map((name) => path.replace('*', name));
  });
}
