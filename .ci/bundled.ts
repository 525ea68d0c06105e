import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

const LICENSE = /^licen[cs]e(?:\.md|\.txt|-mit)?$/i;

/**
 * Lists the packages in a bundle: for scanners in CycloneDX, because `npm audit` can't see into the bundle, and for people with the
 * licenses, which demand to be passed on.
 */
export function writeBundled(folder: string, modules: readonly string[]): void {
  const roots = new Set(modules.flatMap((id) => /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []));
  const packages = [...roots].map(read).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const components = packages.map(({ name, version, license }) => ({
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [{ license: { id: license } }],
  }));
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components };
  writeFileSync(join(folder, 'bundled.cdx.json'), `${JSON.stringify(bom, null, 2)}\n`);
  const texts = packages.map(
    ({ name, version, license, text }) => `# ${name} ${version} (${license})\n\n${text.trim()}\n`,
  );
  writeFileSync(join(folder, 'licenses.txt'), texts.join('\n'));
}

function read(root: string): Package {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package;
  const file = readdirSync(root).find((entry) => LICENSE.test(entry));
  return { name, version, license, text: file ? readFileSync(join(root, file), 'utf8') : 'It came without a text.' };
}
