/**
 * Returns a version's section of the changelog, without its heading.
 *
 * @throws {Error} if the section is missing or empty.
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

/** Returns the changes that are in no version yet; empty if there are none. */
export function unreleased(changelog: string): string {
  const section = changelog.split(/^## /m).find((text) => text.split('\n')[0]?.trim() === 'Unreleased') ?? '';
  return section.replace(/^.*\n?/, '').trim();
}

/** The version that follows another with these changes, by the rule at the head of the changelog. */
export function versionAfter(version: string, changes: string): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const isBreaking = /^### To do on updating$/m.test(changes);
  if (isBreaking) return major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`;
  return `${major}.${minor}.${patch + 1}`;
}

/**
 * Says why a version does not fit the changelog; empty if it fits. It may be greater than necessary, and the first version may be any.
 */
export function versionProblems(changelog: string, version: string): string[] {
  const problems: string[] = [];
  const waiting = unreleased(changelog);
  if (waiting !== '') {
    const next = versionAfter(version, waiting);
    problems.push(
      `docs/CHANGELOG.md has changes under Unreleased, which would be published without notes: call them ${next}, begin a new Unreleased above ` +
        `them, and set the version: npm version --no-git-tag-version ${next}, and the same in src/client/package.json.`,
    );
  }
  const versions = [...changelog.matchAll(/^## (\d+\.\d+\.\d+)$/gm)].map(([, found]) => found);
  const before = versions[versions.indexOf(version) + 1];
  const least = before && versionAfter(before, changesOf(changelog, version));
  if (least && compare(version, least) < 0) {
    problems.push(`${version} must be ${least} at least: something must be done on updating from ${before}.`);
  }
  return problems;
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
