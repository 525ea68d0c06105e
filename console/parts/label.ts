import type { Words } from '../words/en.ts';
import type { Labels } from '../words/labels.ts';
import { wordFor } from '../words/word-for.ts';
import { spaced } from './type-name.ts';

/** Names that say nothing new beside the other names of their path. */
const SILENT: ReadonlySet<string> = new Set(['name', 'title', 'slot', 'schedule']);
/** A longer description, or a sentence, explains a field and is no name for it. */
const LONGEST = 40;

interface Speech {
  readonly words: Words;
  readonly labels: Labels;
}

/**
 * The name of a field: its description if that is a name, or the names of its path, translated if they are known.
 *
 * @param unknown makes the label of a name that the reader's language has no label for.
 */
export function labelOf(
  path: readonly string[],
  description: string | null,
  speech: Speech,
  unknown: (name: string) => string = spaced,
): string {
  if (description && description.length <= LONGEST && !description.endsWith('.')) return description;
  const known = wordFor(speech.labels.fields, path.join('.'));
  if (known !== undefined) return known;
  const telling = path.filter((name) => !SILENT.has(name));
  const names = (telling.length > 0 ? telling : path).map((name) => nameOf(name, speech, unknown));
  // `occasion` and `occasionId` become the occasion's ID, without a second "occasion" before it.
  return names.filter((name, index) => !names[index + 1]?.startsWith(name)).join(' · ');
}

function nameOf(name: string, speech: Speech, unknown: (name: string) => string): string {
  const { fields, before } = speech.labels;
  const known = wordFor(fields, name) ?? wordFor(speech.words.facts as Readonly<Record<string, string>>, name);
  if (known !== undefined) return known;
  const [, previous, of = '', id] = /^(previous(?=[A-Z]))?(.+?)(Ids?)?$/.exec(name) ?? [];
  if (!previous && !id) return unknown(name);
  const rest = nameOf(of.charAt(0).toLowerCase() + of.slice(1), speech, unknown);
  return `${previous ? `${before} · ` : ''}${rest}${id ? ' ID' : ''}`;
}

/** The meaning of a word that may be of an enum. Undefined if it is unknown. */
export function meaningOf(word: string, { labels, words }: Speech): string | undefined {
  return wordFor(words.values, word) ?? wordFor(labels.enums, word);
}
