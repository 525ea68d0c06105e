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
