import { readFileSync } from 'node:fs';

/** The checkout, or the package's folder: from `src` and from `dist`, where everything is in a few files, it is the same way. */
export const PACKAGE = new URL('..', import.meta.url);

/** Where hookcast's own code is. */
export const OWN_CODE = new URL('.', import.meta.url);

/** Of the package, as its `package.json` says. */
export function readVersion(): string {
  const said = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as { version: string };
  return said.version;
}
