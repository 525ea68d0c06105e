import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The files of a folder by their paths from the root, each with the files that it imports: by value, for types alone, or later. */
function importsOf(folder: string): Map<string, readonly string[]> {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
  return new Map(
    sources.map((file) => {
      const path = join(folder, file);
      return [path, specifiersOf(path).map((specifier) => join(dirname(path), specifier))];
    }),
  );
}

/** The relative paths that a file imports, as they are written. */
function specifiersOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const { errors, module } = parseSync(path, text);
  expect(errors, path).toEqual([]);
  const reexported = module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value));
  const later = module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1));
  const all = [...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...reexported, ...later];
  return all.filter((specifier) => specifier?.startsWith('.')) as string[];
}

/** Follows the imports from file to file. Returns the first way that comes back to a file of its own, or null. */
function cycleOf(imports: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const cleared = new Set<string>();
  const search = (file: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (cleared.has(file)) return null;
    for (const next of imports.get(file) ?? []) {
      const cycle = search(next, [...way, file]);
      if (cycle) return cycle;
    }
    cleared.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const cycle = search(file, []);
    if (cycle) return cycle;
  }
  return null;
}

it.for(['src', 'console'])('DOC1.7 no two files of %s import each other, for types or for values', (folder) => {
  const imports = importsOf(folder);
  expect(imports.size).toBeGreaterThan(100);
  expect(cycleOf(imports)?.join(' → ') ?? 'no cycle').toBe('no cycle');
});
