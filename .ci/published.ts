import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

type Manifest = Readonly<Record<string, unknown>>;

/** Fields that only a checkout needs, and that would point at nothing in a package. */
const OF_THE_CHECKOUT: readonly string[] = ['scripts', 'devDependencies', 'overrides', 'allowScripts'];
const SOURCES = 'hookcast-source';

/** Makes the published package.json from that of the checkout. */
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
 * The exports that match the patterns among the exports.
 *
 * @param root the folder of the package, which must be built.
 */
export function behindPatterns(exports: Manifest, root: string): string[] {
  return Object.entries(exports).flatMap(([path, target]) => {
    if (!path.includes('*')) return [];
    const { default: built } = target as { readonly default: string };
    const files = readdirSync(join(root, built.slice(0, built.indexOf('*'))));
    const names = new Set(files.map((file) => file.replace(/(?:\.d\.ts|\.js)$/, '')));
    // All stars stand for the same name.
    return [...names]
      .filter((name) => existsSync(join(root, built.replaceAll('*', name))))
      .map((name) => path.replace('*', name));
  });
}
