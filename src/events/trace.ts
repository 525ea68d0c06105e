import type { Person } from './person.ts';

/**
 * Something in an event by which a person's data is found again when it is to be erased. The log keeps it as a hash only,
 * and lets go of it with the data.
 */
export interface Trace {
  /**
   * `contact`: the provider's own id of somebody whom the event is about. `email`: the e-mail address of such a person.
   * `mention`: any other e-mail address that stands in it. `subject`: what an older hookcast called its subject.
   */
  readonly kind: 'contact' | 'email' | 'mention' | 'subject';
  /** E-mail addresses as `toAddress` has them. */
  readonly value: string;
}

/** Somebody as far as is known. */
type SomePerson = { readonly [K in keyof Person]?: Person[K] | undefined };

/** More people than a provider writes into 256 KiB. What is beyond leaves no trace. */
const MOST = 20_000;
/** The longest address in characters: 64 of a person, an @ and 255 of a domain (RFC 5321, section 4.5.3.1). */
const LONGEST = 320;
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;
/** Characters of a text that may become one in the normal form, at most (unicode.org/faq/normalization.html, UTF-16). */
const SHRINKS = 4;
/**
 * More marks on one letter than any language writes. Without them a text is stream-safe (UAX #15): to bring marks into their
 * order takes time by the square of how many there are in a row.
 */
const SURPLUS_MARKS = /(\p{M}{30})\p{M}+/gu;
/** ASCII is in the normal form. */
const IS_PLAIN = /^[\0-\x7f]*$/;

/** An @, as it is or as URLs and JSON within JSON write it. */
const MAY_HOLD_ADDRESS = /@|%40|\\u0040/i;
/** A text that is one address as nearly all are written: what is looked for below would find it, and nothing else, in ten times the time. */
const IS_ADDRESS = /^[a-z0-9][a-z0-9._+-]{0,63}@[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?$/;
/** What an address may have in front of its @, looked for backwards from there: 64 of what it can't have begun behind. */
const LOCAL = /(?<=([^\s@<>()[\]{},;:"\\]{1,64}))/y;
/** What an address may have in front of its @, and seldom has: there it may as well begin, as behind `?email=`. */
const SELDOM_IN_LOCAL = /[^\p{L}\p{N}._+'-]/u;
const DOMAIN = /^[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/u;
/** How deeply a value may be nested for one function to call itself for each level: JSON within JSON may go deeper. */
const DEEPEST = 256;
/** Ids that providers write where there is nobody. One trace for all of them would make one person of many. */
const NOBODY = /^(?:[0-]*|f{8}(?:-f{4}){3}-f{12}|null|nil|undefined|unknown|none|n\/a|anonymous)$/i;

/** Whether it is no id of anybody: the nil UUID and the max UUID (RFC 9562, 5.9 and 5.10), or a word in an id's place. */
export function isNobody(id: string): boolean {
  return NOBODY.test(id);
}

/**
 * The traces that people leave in an event.
 *
 * @param about the people whom it is about.
 * @param payload all that the provider said, as JSON: e-mail addresses are found wherever they stand in it.
 */
export function tracesOf(about: readonly SomePerson[], payload: unknown): Trace[] {
  const found: Trace[] = [];
  const add = (kind: Trace['kind'], value: string, known: Set<string>) => {
    if (found.length >= MOST || known.has(value)) return;
    known.add(value);
    found.push({ kind, value });
  };
  const contacts = new Set<string>();
  const own = new Set<string>();
  for (const { email, externalId } of about) {
    if (externalId && !isNobody(externalId)) add('contact', externalId, contacts);
    if (!email || email.length > LONGEST) continue;
    add('email', toAddress(email), own);
  }
  const others = new Set<string>();
  const mention = (address: string) => {
    if (!own.has(address)) add('mention', address, others);
  };
  // No number holds an address, as digits.
  walk(payload, { text: (text) => lookForAddresses(text, mention), number: null, opens: mayHide });
  return found;
}

/**
 * Every text and number in a payload, each once, and what an erasure may know of them: the last part of a path, and the
 * e-mail addresses of a longer text. By these a delivery is found that was not understood.
 */
export function valuesIn(payload: unknown): string[] {
  const values = new Set<string>();
  const add = (value: string) => {
    if (values.size < MOST && value !== '' && value.length <= LONGEST) values.add(value);
  };
  const visit = (text: string) => {
    add(text);
    if (text.includes('/')) add(text.slice(text.lastIndexOf('/') + 1));
    lookForAddresses(text, add);
  };
  walk(payload, { text: visit, number: (number) => visit(String(number)), opens: () => true });
  return [...values];
}

/**
 * An e-mail address as it is compared: who writes it in capitals, or an é as two characters, means the same. What is too long
 * for an address stays as it is: the work for it would grow faster than the text.
 */
export function toAddress(email: string): string {
  const text = email.trim();
  return plain(text.length > LONGEST * SHRINKS ? text : composed(text));
}

function composed(text: string): string {
  return IS_PLAIN.test(text) ? text : text.replace(SURPLUS_MARKS, '$1').normalize('NFC');
}

/** Of an address in its normal form. */
function plain(address: string): string {
  // Not by a pattern: of a text of dots, those that look for dots at the end take time by the square of them.
  let end = address.length;
  while (end > 0 && address[end - 1] === '.') end -= 1;
  return address.slice(0, end).toLowerCase();
}

/**
 * Tells of the addresses that a text may hold. Rather one too many, which nobody ever asks for, than one too few. Only what
 * stands around an @ is brought into the normal form, as far as an address may reach, and between its neighbours: so all of
 * them together look at each character twice.
 */
function lookForAddresses(text: string, found: (address: string) => void): void {
  // What the pattern is for has one of the two in it, and hardly any text has. To look for them takes a tenth of the pattern's time.
  if (!text.includes('@') && !text.includes('40')) return;
  if (IS_ADDRESS.test(text)) return found(text);
  if (!MAY_HOLD_ADDRESS.test(text)) return;
  for (const reading of readingsOf(text)) {
    let from = 0;
    let at = reading.indexOf('@');
    while (at !== -1) {
      const next = reading.indexOf('@', at + 1);
      const to = Math.min(next === -1 ? reading.length : next, at + 1 + LONGEST_DOMAIN * SHRINKS);
      const domain = at + 1 === to ? undefined : DOMAIN.exec(composed(reading.slice(at + 1, to)))?.[0];
      if (domain !== undefined) {
        const before = composed(reading.slice(Math.max(from, at - LONGEST_LOCAL * SHRINKS), at));
        for (const local of localsAtEnd(before)) if (local !== '') found(plain(`${local}@${domain}`));
      }
      from = at + 1;
      at = next;
    }
  }
}

function readingsOf(text: string): Set<string> {
  const readings = new Set([text]);
  if (/%40/i.test(text)) {
    readings.add(text.replaceAll(/%40/gi, '@'));
    try {
      readings.add(decodeURIComponent(text));
    } catch {
      // It is not a URL.
    }
  }
  if (/\\u0040/i.test(text)) readings.add(text.replaceAll(/\\u0040/gi, '@'));
  return readings;
}

/** What stands at the end of a text, as far as it may be of an address. */
function localsAtEnd(text: string): string[] {
  LOCAL.lastIndex = text.length;
  const whole = LOCAL.exec(text)?.[1];
  if (whole === undefined) return [];
  const locals = [bare(whole)];
  // Behind a backslash it may be the second half of an escape, of JSON in a text that is none.
  if (text[text.length - whole.length - 1] === '\\') locals.push(bare(whole.slice(1)));
  if (SELDOM_IN_LOCAL.test(whole)) locals.push(bare(whole.split(SELDOM_IN_LOCAL).at(-1)!));
  return locals;
}

/** Without what may stand round an address. */
function bare(local: string): string {
  return local.replace(/^['.-]+/, '');
}

/** Whether JSON in a text may hold an address that does not stand there as it is. To parse what is none takes its time. */
function mayHide(text: string): boolean {
  return text.includes('\\') || text.includes('%');
}

interface Visit {
  /** A text, or a name that holds an @. */
  readonly text: (text: string) => void;
  readonly number: ((number: number) => void) | null;
  /** Whether to look into JSON that stands as text in JSON. */
  readonly opens: (text: string) => boolean;
}

/** Visits texts, numbers and names that hold an @; also those of JSON that stands as text in JSON, as Wix nests it. */
function walk(payload: unknown, visit: Visit): void {
  // What is nested so deeply that the calls for it could exhaust the stack is looked at from anew.
  const deep: { readonly value: unknown; readonly nested: number }[] = [{ value: payload, nested: 0 }];
  for (let next = deep.pop(); next; next = deep.pop()) look(next.value, next.nested, 0);

  function look(value: unknown, nested: number, depth: number): void {
    if (typeof value === 'string') {
      visit.text(value);
      if (nested >= 3 || !beginsAsJson(value) || !visit.opens(value)) return;
      const inner = parsed(value);
      if (inner !== undefined) look(inner, nested + 1, depth + 1);
    } else if (typeof value === 'number') visit.number?.(value);
    else if (typeof value === 'object' && value !== null) {
      if (depth > DEEPEST) deep.push({ value, nested });
      else if (Array.isArray(value)) for (const item of value) look(item, nested, depth + 1);
      else {
        for (const name in value) {
          if (name.includes('@')) visit.text(name);
          look((value as Readonly<Record<string, unknown>>)[name], nested, depth + 1);
        }
      }
    }
  }
}

function beginsAsJson(text: string): boolean {
  // A letter or a digit, as nearly all texts begin, needs no pattern.
  const first = text.charCodeAt(0);
  return !(first >= 0x30 && first < 0x5b) && !(first > 0x60 && first < 0x7b) && /^\s*[[{]/.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
