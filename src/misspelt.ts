import { SHIPPED } from './providers/shipped.ts';
import type { Variables } from './setting-files.ts';
import { IN_FILES, SETTINGS, SOURCE_SETTINGS } from './settings.ts';

const KNOWN = [...SETTINGS, ...IN_FILES.map((name) => `${name}_FILE`)];
const OF_PROVIDERS = SHIPPED.flatMap(({ prefix }) => prefix ?? []).join('|');
/** Variables of sources. If a file names the sources, it reads its own variables for them, with any names. */
const SOURCES = new RegExp(`^(?:${OF_PROVIDERS}|WEBHOOKS?_)`);
/** Only hookcast's variables begin with these, and perhaps those of a user's own `hookcast.config.ts`. */
const OURS = /^(?:AUTH|GRAPHQL|WS|DRAIN|RETENTION|METRICS|TRUSTED|OIDC|EXCHANGE|KEEP_REFUSED|AUDIT_RETENTION)_/;
/** Kubernetes and Docker set these for a service that has the name before, such as `auth` or `hookcast`. */
const OF_SERVICES = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT(?:_\d+_(?:TCP|UDP)(?:_|$)|$)/;

/**
 * Finds variables of the environment that look like settings and are none, each with what to do. Otherwise an operator who writes
 * RETENTION_DAY would keep events for thirty days and never know.
 *
 * @param sourcesElsewhere - whether a file names the sources, and reads its own variables for them.
 */
export function misspelt(env: Variables, { sourcesElsewhere }: { readonly sourcesElsewhere: boolean }): string[] {
  const isElsewhere = (name: string) =>
    OF_SERVICES.test(name) || (sourcesElsewhere && (SOURCE_SETTINGS.includes(name) || SOURCES.test(name)));
  const meant = KNOWN.filter((name) => !isElsewhere(name));
  const lines: string[] = [];
  for (const name of Object.keys(env).toSorted()) {
    if (KNOWN.includes(name) || isElsewhere(name) || !env[name]?.trim()) continue;
    const likely = meantBy(name, meant);
    if (likely !== null) lines.push(`${name}: there is no such setting, so it is ignored; did you mean ${likely}?`);
    else if (OURS.test(name) || SOURCES.test(name)) lines.push(`${name}: there is no such setting, so it is ignored`);
  }
  return lines;
}

/** The setting that a name most likely means; null if none is likely. */
function meantBy(name: string, known: readonly string[]): string | null {
  const written = name.toUpperCase().replaceAll('-', '_');
  const bare = written.replace(/^HOOKCAST_/, '');
  if (known.includes(bare)) return bare;
  return nearest(written, known) ?? nearestInWords(written, known);
}

/**
 * A setting whose words include all words of the name, such as OIDC_SECRET of OIDC_CLIENT_SECRET, or which has only another last word,
 * such as MAX_BODY_SIZE. Each must have the same first word: CLIENT_SECRET is another program's.
 */
function nearestInWords(name: string, known: readonly string[]): string | null {
  const words = wordsOf(name);
  if (words.length < 2) return null;
  const isMeant = (candidate: string) => {
    const theirs = wordsOf(candidate);
    if (theirs[0] !== words[0]) return false;
    const isOtherUnit =
      words.length > 2 && !candidate.endsWith('_FILE') && words.slice(0, -1).join() === theirs.slice(0, -1).join();
    return isOtherUnit || words.every((word) => theirs.includes(word));
  };
  return known.find(isMeant) ?? null;
}

/** The words of a name, in the singular. */
function wordsOf(name: string): readonly string[] {
  return name.split('_').map((word) => word.replace(/IES$/, 'Y').replace(/S$/, ''));
}

/** The nearest name that is at most two slips away. For short names it is one slip or none, since two slips would make another word. */
function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const most = candidate.length < 6 ? 0 : candidate.length < 9 ? 1 : 2;
    const slips = slipsBetween(name, candidate);
    if (slips <= most && slips < least) [best, least] = [candidate, slips];
  }
  return best;
}

/** Counts letters that are missing, too many or wrong, and pairs of letters that changed places (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return Infinity;
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row += 1) {
    const [above, here] = [rows[row - 1]!, [row]];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      here[column] = Math.min(
        above[column]! + 1,
        here[column - 1]! + 1,
        above[column - 1]! + (isSame ? 0 : 1),
        isSwap ? rows[row - 2]![column - 2]! + 1 : Infinity,
      );
    }
    rows.push(here);
  }
  return rows[one.length]![other.length]!;
}
