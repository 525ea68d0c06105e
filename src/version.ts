import { readFileSync } from 'node:fs';

/** The folder of the checkout or package. The way is the same from `src` and from `dist`, where all files lie beside each other. */
export const PACKAGE = new URL('..', import.meta.url);

/** The folder of hookcast's own code. */
export const OWN_CODE = new URL('.', import.meta.url);

/** Reads the version from the package's `package.json`. */
export function readVersion(): string {
  const said = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as { version: string };
  return said.version;
}
