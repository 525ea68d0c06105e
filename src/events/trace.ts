import type { Person } from './person.ts';

/**
 * A value in an event by which an erasure finds a person's data. The log keeps it only as a hash, and deletes the hash together
 * with the data.
 */
export interface Trace {
  /**
   * `contact`: the provider's own id of a person whom the event is about. `email`: the e-mail address of such a person.
   * `mention`: any other e-mail address in the event. `subject`: what an older hookcast called its subject.
   */
  readonly kind: 'contact' | 'email' | 'mention' | 'subject';
  /** E-mail addresses have the form that `toAddress` gives them. */
  readonly value: string;
}

/** A person, as far as known. */
type SomePerson = { readonly [K in keyof Person]?: Person[K] | undefined };

/** The most traces of one event: more than there are people in 256 KiB. Further people leave no trace. */
const MOST = 20_000;
/** The longest address in characters: 64 before the @, and 255 of a domain (RFC 5321, section 4.5.3.1). */
const LONGEST = 320;
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;
/** How many characters of a text may become one in the normal form, at most (unicode.org/faq/normalization.html, UTF-16). */
const SHRINKS = 4;
/**
 * More marks on one letter than any language uses. Without them a text is stream-safe (UAX #15): sorting marks takes time that
 * grows with the square of how many follow each other.
 */
const SURPLUS_MARKS = /(\p{M}{30})\p{M}+/gu;
/** Text of ASCII characters is in the normal form already. */
const IS_PLAIN = /^[\0-\x7f]*$/;

/** An @ in plain form, or as URLs and JSON within JSON write it. */
const MAY_HOLD_ADDRESS = /@|%40|\\u0040/i;
/**
 * A text that is one address in the usual form. The search below would find the same address and no other, in ten times the
 * time.
 */
const IS_ADDRESS = /^[a-z0-9][a-z0-9._+-]{0,63}@[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?$/;
/**
 * The part of an address before its @. The pattern looks backwards from there, over up to 64 characters that don't delimit an
 * address.
 */
const LOCAL = /(?<=([^\s@<>()[\]{},;:"\\]{1,64}))/y;
/** A character that is allowed before the @ but rare there. The address may also begin after it, as after `?email=`. */
const SELDOM_IN_LOCAL = /[^\p{L}\p{N}._+'-]/u;
const DOMAIN = /^[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/u;
/** How deeply one recursive function follows a nested value: JSON within JSON may go deeper. */
const DEEPEST = 256;
/** Ids that providers write if there is no person. One trace for all of them would join many people into one. */
const NOBODY = /^(?:[0-]*|f{8}(?:-f{4}){3}-f{12}|null|nil|undefined|unknown|none|n\/a|anonymous)$/i;

/** Whether an id belongs to nobody: the nil UUID and the max UUID (RFC 9562, 5.9 and 5.10), or a word in place of an id. */
export function isNobody(id: string): boolean {
  return NOBODY.test(id);
}

/**
 * The traces of the people in an event.
 *
 * @param about the people whom the event is about.
 * @param payload everything that the provider said, as JSON: e-mail addresses are found anywhere in it.
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
  // A number can't hold an address.
  walk(payload, { text: (text) => lookForAddresses(text, mention), number: null, opens: mayHide });
  return found;
}

/**
 * Every text and number in a payload, once each, and the values that an erasure may search by: the last part of a path, and the
 * e-mail addresses in a longer text. By these values an erasure finds a delivery that was not understood.
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
 * An e-mail address in the form in which it is compared: capitals, or an é as two characters, make no difference. A text that
 * is too long for an address is not brought into the normal form, since that work would grow faster than the text.
 */
export function toAddress(email: string): string {
  const text = email.trim();
  return plain(text.length > LONGEST * SHRINKS ? text : composed(text));
}

function composed(text: string): string {
  return IS_PLAIN.test(text) ? text : text.replace(SURPLUS_MARKS, '$1').normalize('NFC');
}

/** @param address in its normal form. */
function plain(address: string): string {
  // No pattern here: for a text of dots, a pattern that looks for dots at the end takes time that grows with its square.
  let end = address.length;
  while (end > 0 && address[end - 1] === '.') end -= 1;
  return address.slice(0, end).toLowerCase();
}

/**
 * Reports the addresses that a text may hold. One too many does no harm, since nobody ever searches for it; one too few would.
 * Only the text around an @ is brought into the normal form, as far as an address may reach and up to the neighboring @, so
 * that each character is examined at most twice.
 */
function lookForAddresses(text: string, found: (address: string) => void): void {
  // Every text that the pattern matches contains one of these two, and hardly any other text does. This check takes a tenth of
  // the pattern's time.
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
      // The text is not URL-encoded.
    }
  }
  if (/\\u0040/i.test(text)) readings.add(text.replaceAll(/\\u0040/gi, '@'));
  return readings;
}

/** The parts at the end of a text that may be the beginning of an address. */
function localsAtEnd(text: string): string[] {
  LOCAL.lastIndex = text.length;
  const whole = LOCAL.exec(text)?.[1];
  if (whole === undefined) return [];
  const locals = [bare(whole)];
  // After a backslash, the first character may be the second half of an escape, as in JSON within a text that is no JSON.
  if (text[text.length - whole.length - 1] === '\\') locals.push(bare(whole.slice(1)));
  if (SELDOM_IN_LOCAL.test(whole)) locals.push(bare(whole.split(SELDOM_IN_LOCAL).at(-1)!));
  return locals;
}

/** Without characters that may surround an address. */
function bare(local: string): string {
  return local.replace(/^['.-]+/, '');
}

/** Whether JSON in a text may hold an address that is not visible in the text itself. Parsing without need would cost time. */
function mayHide(text: string): boolean {
  return text.includes('\\') || text.includes('%');
}

interface Visit {
  /** Called with a text, or with a name that holds an @. */
  readonly text: (text: string) => void;
  readonly number: ((number: number) => void) | null;
  /** Whether to parse a text that looks like JSON. */
  readonly opens: (text: string) => boolean;
}

/** Visits texts, numbers and names that hold an @; also those within JSON that is a text of the JSON, as Wix nests it. */
function walk(payload: unknown, visit: Visit): void {
  // Values nested so deeply that the recursive calls could exhaust the stack are visited later, from a new start.
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
  // Nearly all texts begin with a letter or a digit, which needs no pattern.
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
