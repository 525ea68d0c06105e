import { readFileSync } from 'node:fs';

/** Of the package, as `package.json` beside this folder says. */
export function readVersion(): string {
  const said = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return said.version;
}
