/**
 * What a changelog says of a version, without its heading.
 *
 * @throws {Error} if it says nothing.
 */
export function changesOf(changelog: string, version: string): string {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.split('\n')[0]?.trim() === version);
  const said = section?.slice(section.indexOf('\n')).trim();
  if (said) return `${said}\n`;
  throw new Error(
    `docs/CHANGELOG.md says nothing of ${version}: call "Unreleased" by that number, and begin a new one.`,
  );
}
