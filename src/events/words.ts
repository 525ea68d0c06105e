import type { Content, Envelope } from './event.ts';

/** The version of the rules below. Logs keep an index of words, and build it anew if other rules made it. */
export const WORDING = 1;

/** The most words of an event's open part, and as many of its personal part. Further words are not found. */
const MOST_WORDS = 64;
/** The most characters of a word. A longer word is found by its beginning. */
const LONGEST = 40;
/** The most characters of one text that are split into words: a longer text is a note or a page, and no name of anything. */
const READ = 240;
/** The most characters of a search. */
export const LONGEST_SEARCH = READ;

const BETWEEN = /[^\p{L}\p{N}]+/u;
const ADDRESS = /^[^\s@]+@[^\s@]+$/;
/** A long number with what people write between its digits, such as that of a telephone. */
const NUMBER = /\d(?:[\s().\-/]{0,3}\d){7,24}/g;
/** A moment, such as 2026-03-01T09:00:00Z. Nobody searches for it as a word. */
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
/** How many digits of a telephone number may be those of a country and an area, which people leave out. */
const CODES = [0, 2, 3, 4];
/** The fewest digits that are left without these. */
const FEWEST_DIGITS = 8;
/** What stands around a number in a search that is for this number alone. */
const AROUND = /^[+(\s]*$/;

/** What is searched for: every word must be a word of the event, and `last` must be how a word begins. */
export interface Wanted {
  readonly words: readonly string[];
  readonly last: string;
}

type Searched = Pick<Envelope, 'source' | 'type' | 'eventId' | 'tenant' | 'subject'> &
  Pick<Content, 'data' | 'personal'>;

/** The words by which everybody finds an event who may see it: those of its ids, and of all texts in its open part. */
export function openWordsOf({ subject, eventId, type, tenant, source, data }: Omit<Searched, 'personal'>): Set<string> {
  const open = new Set<string>();
  for (const text of [subject, eventId, type, tenant, source]) if (text !== null) addWords(text, open);
  addTexts(data, open);
  return open;
}

/** The words of all texts in the event's personal part. */
export function personalWordsOf({ personal }: Pick<Searched, 'personal'>): Set<string> {
  const words = new Set<string>();
  addTexts(personal, words);
  return words;
}

/** What a text searches for. Null if it has no letter and no digit. */
export function wantedIn(search: string): Wanted | null {
  const words: string[] = [];
  const text = folded(search.slice(0, LONGEST_SEARCH)).trim();
  const [number] = text.match(NUMBER) ?? [];
  if (number !== undefined && AROUND.test(text.replace(number, ''))) words.push(digitsOf(number));
  else {
    for (const part of text.split(/\s+/)) {
      if (ADDRESS.test(part)) words.push(cut(part));
      else words.push(...piecesOf(part));
    }
  }
  const last = words.pop();
  return last === undefined ? null : { words, last };
}

/**
 * Whether an event with these words is wanted.
 *
 * @param personal makes the personal words, and is called only if the open ones are not enough.
 */
export function matches(
  { words, last }: Wanted,
  open: ReadonlySet<string>,
  personal: (() => ReadonlySet<string>) | null,
): boolean {
  const missing = words.filter((word) => !open.has(word));
  const isBegun = hasBeginning(open, last);
  if (missing.length === 0 && isBegun) return true;
  if (!personal) return false;
  const others = personal();
  return missing.every((word) => others.has(word)) && (isBegun || hasBeginning(others, last));
}

function hasBeginning(words: ReadonlySet<string>, beginning: string): boolean {
  if (words.has(beginning)) return true;
  for (const word of words) if (word.startsWith(beginning)) return true;
  return false;
}

/** Adds the words of all texts in a JSON value, the names of members excepted. */
function addTexts(value: unknown, words: Set<string>): void {
  if (words.size >= MOST_WORDS) return;
  if (typeof value === 'string') addWords(value, words);
  else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) addTexts(one, words);
  }
}

function addWords(text: string, words: Set<string>): void {
  if (MOMENT.test(text)) return;
  const said = folded(text.slice(0, READ));
  for (const number of said.match(NUMBER) ?? []) {
    const digits = digitsOf(number);
    for (const code of CODES) {
      if (code === 0 || digits.length - code >= FEWEST_DIGITS) add(digits.slice(code), words);
    }
  }
  if (said.includes('@')) for (const part of said.split(/\s+/)) if (ADDRESS.test(part)) add(cut(part), words);
  for (const piece of piecesOf(said)) add(piece, words);
}

function add(word: string, words: Set<string>): void {
  if (words.size < MOST_WORDS) words.add(word);
}

function piecesOf(text: string): string[] {
  return text.split(BETWEEN).filter(Boolean).map(cut);
}

function digitsOf(text: string): string {
  return cut(text.replaceAll(/\D/g, ''));
}

function cut(word: string): string {
  return word.slice(0, LONGEST);
}

/** The text in lower case and without accents, so that a search for Joao finds JOÃO. */
function folded(text: string): string {
  // eslint-disable-next-line no-control-regex -- The range is ASCII, which has nothing to fold but case.
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '');
}
