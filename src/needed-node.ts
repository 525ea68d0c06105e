/**
 * The oldest Node that hookcast runs on. The node:sqlite of 24.0 to 24.6 can't bind a numbered parameter (`?1`). It answers
 * "column index out of range" (nodejs/node#59340), so every append to an SQLite log fails.
 */
export const NEEDED_NODE = '24.7';

/** Whether a version of Node, such as `24.21.0`, will do. */
export function isEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED_NODE.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}
